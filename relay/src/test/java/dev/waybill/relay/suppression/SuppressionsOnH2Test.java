package dev.waybill.relay.suppression;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.relay.storage.DatabaseSettings;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SuppressionsOnH2Test extends SuppressionsContractTest {
  @TempDir Path folder;

  @Override
  DatabaseSettings settings() {
    return new DatabaseSettings("jdbc:h2:file:" + folder.resolve("db"), "sa", "", 4);
  }

  @Test
  void findsThroughTheIndex() {
    String plan =
        database
            .jdbi()
            .withHandle(handle ->
                handle
                    .createQuery(
                        """
                        explain select address_key, origin from suppression
                        where address_key = any(array['a', 'b'])
                          and domain_id in (random_uuid(), random_uuid())
                          and stream in ('', 'marketing')
                        """)
                    .mapTo(String.class)
                    .one());
    assertThat(plan).contains("SUPPRESSION_ONCE").doesNotContain("tableScan");
  }
}
