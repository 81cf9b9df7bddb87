// Reads every record of all topics with the CloudEvents SDK: node topics.js 127.0.0.1:9092
import { CloudEvent, Kafka as Binding } from "cloudevents";
import kafkajs from "kafkajs";

const { Kafka, logLevel } = kafkajs;
const kafka = new Kafka({ brokers: [process.argv[2]!], logLevel: logLevel.NOTHING });

const admin = kafka.admin();
await admin.connect();
const topics = (await admin.listTopics()).filter((topic) => topic.startsWith("bianmin."));
const ends = new Map<string, number>();
for (const topic of topics) {
  for (const { partition, low, high } of await admin.fetchTopicOffsets(topic)) {
    if (Number(high) > Number(low)) ends.set(`${topic}/${partition}`, Number(high));
  }
}
await admin.disconnect();

const consumer = kafka.consumer({ groupId: `foreign-${process.pid}`, readUncommitted: false });
await consumer.connect();
await consumer.subscribe({ topics, fromBeginning: true });
const types = new Map<string, number>();
const done = new Promise<void>((resolve, reject) => {
  consumer
    .run({
      eachBatchAutoResolve: true,
      eachBatch: async ({ batch }) => {
        for (const { key, value, headers } of batch.messages) {
          const texts = Object.fromEntries(Object.entries(headers ?? {}).map(([name, text]) => [name, String(text)]));
          const event = Binding.toEvent({ key, value: String(value), headers: texts } as never);
          if (!(event instanceof CloudEvent)) throw new Error("not one event");
          event.validate();
          if (texts.ce_id !== event.id || texts.ce_type !== event.type) throw new Error(`headers of ${event.id}`);
          if (String(key) !== event.subject) throw new Error(`key of ${event.id}`);
          types.set(event.type, (types.get(event.type) ?? 0) + 1);
        }
        const place = `${batch.topic}/${batch.partition}`;
        // the records of a transaction end with a mark that has an offset, and is none
        if (Number(batch.lastOffset()) + 2 >= (ends.get(place) ?? 0)) ends.delete(place);
        if (ends.size === 0) resolve();
      },
    })
    .catch(reject);
  consumer.on(consumer.events.CRASH, ({ payload }) => reject(payload.error));
});
await done;
await consumer.disconnect();
console.log(JSON.stringify(Object.fromEntries(types)));
