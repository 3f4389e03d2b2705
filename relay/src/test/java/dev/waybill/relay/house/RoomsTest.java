package dev.waybill.relay.house;

import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/// Every package is on the floor plan, and imports go down only.
class RoomsTest {
  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages(FloorPlan.BASE);
  private static final Map<String, Integer> ROOMS = FloorPlan.rooms();

  @Test
  void everyPackageIsOnThePlanAndEveryRoomExists() {
    Set<String> found = new TreeSet<>();
    CLASSES.forEach(type -> found.add(FloorPlan.roomOf(type.getPackageName())));
    assertThat(found).isEqualTo(new TreeSet<>(ROOMS.keySet()));
  }

  @Test
  void aRoomImportsOnlyRoomsOnLowerFloors() {
    List<String> wrong = new ArrayList<>();
    forEachImport((from, to, dependency) -> {
      if (ROOMS.getOrDefault(to, -1) >= ROOMS.getOrDefault(from, -1)) {
        wrong.add(from + " -> " + to + ": " + dependency.getDescription());
      }
    });
    assertThat(wrong).isEmpty();
  }

  @Test
  void theHalvesMeetOnlyAtTheQueueTheLedgersAndTheEvents() {
    List<String> wrong = new ArrayList<>();
    forEachImport((from, to, dependency) -> {
      boolean across =
          (FloorPlan.TAKING.contains(from) && FloorPlan.SENDING.contains(to))
              || (FloorPlan.SENDING.contains(from) && FloorPlan.TAKING.contains(to));
      if (across) {
        wrong.add(dependency.getDescription());
      }
    });
    assertThat(wrong).isEmpty();
  }

  @Test
  void thereAreNoCycles() {
    slices().matching(FloorPlan.BASE + ".(**)").should().beFreeOfCycles().check(CLASSES);
  }

  private interface ImportCheck {
    void check(String from, String to, Dependency dependency);
  }

  private static void forEachImport(ImportCheck check) {
    for (JavaClass type : CLASSES) {
      for (Dependency dependency : type.getDirectDependenciesFromSelf()) {
        String target = dependency.getTargetClass().getPackageName();
        String from = FloorPlan.roomOf(type.getPackageName());
        if (target.startsWith(FloorPlan.BASE) && !FloorPlan.roomOf(target).equals(from)) {
          check.check(from, FloorPlan.roomOf(target), dependency);
        }
      }
    }
  }
}
