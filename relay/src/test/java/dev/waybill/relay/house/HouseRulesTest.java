package dev.waybill.relay.house;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaConstructor;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// What every class of the house keeps to.
class HouseRulesTest {
  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages(FloorPlan.BASE);

  private static final Pattern EMPTY_NAME =
      Pattern.compile("(?i:.*(util|helper|misc|manager).*)|.*(Common|Impl)([A-Z0-9].*)?");
  private static final int MAX_TYPES = 24;

  /// Rooms that are larger, each for its reason.
  private static final Map<String, Integer> LARGE_ROOMS =
      Map.of(
          // one class for each noun of the API, and what they share
          FloorPlan.BASE + ".admin", 36,
          // a DNS, a mail host, four verdicts and an inbox: a world made of many small types
          FloorPlan.BASE + ".app.sandbox", 30,
          // fifteen types that others use, and what keeps them true behind package-private walls
          FloorPlan.BASE + ".queue", 38,
          // a site, its workers and the way to its hosts, each in small types that nobody else sees
          FloorPlan.BASE + ".delivery", 32,
          // the registry, its life, and what the DNS says of it
          FloorPlan.BASE + ".domains", 30,
          // one type for each notion that a client of the protocol has
          FloorPlan.BASE + ".smtp", 28,
          // one class for each verb of the protocol
          FloorPlan.BASE + ".submission", 30);

  private static final int MAX_PARAMETERS = 6;

  @Test
  void onlyStoresAndTheStorageRoomTouchJavaSql() {
    noClasses()
        .that()
        .resideOutsideOfPackage("..storage..")
        .and(
            DescribedPredicate.describe(
                "are not stores", type -> !outermost(type).getSimpleName().endsWith("Store")))
        .should()
        .dependOnClassesThat()
        .resideInAPackage("java.sql..")
        .check(CLASSES);
  }

  @Test
  void onlyTheClockRoomReadsClocksAndMakesChance() {
    noClasses()
        .that()
        .resideOutsideOfPackages("..clock..")
        .should()
        .callMethod(Instant.class, "now")
        .orShould()
        .callMethod(Clock.class, "systemUTC")
        .orShould()
        .callMethod(System.class, "nanoTime")
        .orShould()
        .callMethod(System.class, "currentTimeMillis")
        .orShould()
        .callMethod(Thread.class, "sleep", long.class)
        .orShould()
        .callConstructor(Random.class)
        .check(CLASSES);
  }

  @Test
  void onlyTheConfigRoomReadsTheEnvironment() {
    noClasses()
        .that()
        .resideOutsideOfPackage("..config..")
        .should()
        .callMethod(System.class, "getenv")
        .orShould()
        .callMethod(System.class, "getenv", String.class)
        .check(CLASSES);
  }

  @Test
  void onlyMainPrints() {
    noClasses()
        .that()
        .resideOutsideOfPackage("..app")
        .should()
        .accessField(System.class, "out")
        .orShould()
        .accessField(System.class, "err")
        .check(CLASSES);
  }

  @Test
  void thereIsNoStaticMutableField() {
    fields().that().areStatic().should().beFinal().check(CLASSES);
  }

  @Test
  void noNameIsEmptyOfMeaning() {
    List<String> wrong = new ArrayList<>();
    for (JavaClass type : CLASSES) {
      if (EMPTY_NAME.matcher(type.getSimpleName()).matches()) {
        wrong.add(type.getName());
      }
    }
    assertThat(wrong).isEmpty();
  }

  @Test
  void aRoomHasFewTypes() {
    Map<String, Integer> types = new TreeMap<>();
    for (JavaClass type : CLASSES) {
      if (type.isTopLevelClass()
          && !type.getSimpleName().toLowerCase(Locale.ROOT).contains("package")) {
        types.merge(type.getPackageName(), 1, Integer::sum);
      }
    }
    assertThat(types)
        .allSatisfy((room, count) ->
            assertThat(count)
                .as(room)
                .isLessThanOrEqualTo(LARGE_ROOMS.getOrDefault(room, MAX_TYPES)));
  }

  @Test
  void aConstructorHasFewParameters() {
    List<String> wrong = new ArrayList<>();
    for (JavaClass type : CLASSES) {
      if (!type.isRecord() && !type.isEnum() && !type.isAnonymousClass()) {
        for (JavaConstructor constructor : type.getConstructors()) {
          if (constructor.getRawParameterTypes().size() > MAX_PARAMETERS) {
            wrong.add(constructor.getFullName());
          }
        }
      }
    }
    assertThat(wrong).isEmpty();
  }

  private static JavaClass outermost(JavaClass type) {
    return type.getEnclosingClass().map(HouseRulesTest::outermost).orElse(type);
  }
}
