import io.cloudevents.CloudEvent;
import io.cloudevents.kafka.CloudEventDeserializer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;

/** Reads every record of all topics with the CloudEvents SDK; prints their number. The broker is its only argument. */
public class ReadTopics {
    public static void main(String[] arguments) {
        Map<String, Object> settings = Map.of(
            "bootstrap.servers", arguments[0],
            "isolation.level", "read_committed",
            "enable.auto.commit", "false");
        try (var consumer = new KafkaConsumer<>(settings, new StringDeserializer(), new CloudEventDeserializer())) {
            List<TopicPartition> places = new ArrayList<>();
            consumer.listTopics().forEach((topic, partitions) -> {
                if (topic.startsWith("bianmin.")) {
                    partitions.forEach(each -> places.add(new TopicPartition(topic, each.partition())));
                }
            });
            consumer.assign(places);
            consumer.seekToBeginning(places);
            Map<TopicPartition, Long> ends = consumer.endOffsets(places);
            int read = 0;
            while (places.stream().anyMatch(place -> consumer.position(place) < ends.get(place))) {
                for (ConsumerRecord<String, CloudEvent> record : consumer.poll(Duration.ofSeconds(1))) {
                    CloudEvent event = record.value();
                    check(event.getId(), header(record, "ce_id"));
                    check(event.getType(), header(record, "ce_type"));
                    check(event.getSubject(), record.key());
                    read++;
                }
            }
            System.out.println(read);
        }
    }

    private static String header(ConsumerRecord<String, CloudEvent> record, String name) {
        return new String(record.headers().lastHeader(name).value(), StandardCharsets.UTF_8);
    }

    private static void check(String inside, String outside) {
        if (!inside.equals(outside)) {
            throw new IllegalStateException(inside + " is not " + outside);
        }
    }
}
