import io.cloudevents.CloudEvent;
import io.cloudevents.kafka.CloudEventDeserializer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;

/** Reads every record of Bianmin's topics with the official CloudEvents SDK for Java: Read host:port */
public class Read {
    public static void main(String[] given) {
        Properties settings = new Properties();
        settings.put("bootstrap.servers", given[0]);
        settings.put("isolation.level", "read_committed");
        try (KafkaConsumer<String, CloudEvent> consumer =
                new KafkaConsumer<>(settings, new StringDeserializer(), new CloudEventDeserializer())) {
            List<TopicPartition> places = consumer.listTopics().entrySet().stream()
                    .filter(topic -> topic.getKey().startsWith("bianmin."))
                    .flatMap(topic -> topic.getValue().stream())
                    .map(part -> new TopicPartition(part.topic(), part.partition()))
                    .toList();
            consumer.assign(places);
            consumer.seekToBeginning(places);
            Map<TopicPartition, Long> ends = consumer.endOffsets(places);
            int read = 0;
            while (places.stream().anyMatch(place -> consumer.position(place) < ends.get(place))) {
                for (ConsumerRecord<String, CloudEvent> record : consumer.poll(Duration.ofSeconds(1))) {
                    CloudEvent event = record.value();
                    check(event.getId().equals(header(record, "ce_id")), record);
                    check(event.getType().equals(header(record, "ce_type")), record);
                    check(event.getSubject().equals(record.key()), record);
                    check(event.getData() != null, record);
                    read++;
                }
            }
            System.out.println("Java: " + read + " records read");
        }
    }

    private static String header(ConsumerRecord<?, ?> record, String name) {
        return new String(record.headers().lastHeader(name).value(), StandardCharsets.UTF_8);
    }

    private static void check(boolean holds, ConsumerRecord<?, ?> record) {
        if (!holds) {
            throw new IllegalStateException(record.topic() + " " + record.offset() + ": the headers differ from the event");
        }
    }
}
