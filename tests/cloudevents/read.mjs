// Reads every record of Bianmin's topics with the official CloudEvents SDK for JavaScript: node read.mjs host:port
import {Kafka as Binding} from "cloudevents";
import {Kafka, logLevel} from "kafkajs";

const kafka = new Kafka({brokers: [process.argv[2]], logLevel: logLevel.ERROR});
const admin = kafka.admin();
await admin.connect();
const topics = (await admin.listTopics()).filter((name) => name.startsWith("bianmin."));
const left = new Map();
for (const topic of topics) {
  for (const {partition, low, high} of await admin.fetchTopicOffsets(topic)) {
    if (Number(low) < Number(high)) left.set(`${topic} ${partition}`, Number(high));
  }
}
await admin.disconnect();

const consumer = kafka.consumer({groupId: `cloudevents-check-${process.pid}-${Date.now()}`});
await consumer.connect();
await consumer.subscribe({topics, fromBeginning: true});
let read = 0;
await new Promise((done, fail) => {
  if (left.size === 0) done();
  consumer.on(consumer.events.CRASH, ({payload}) => fail(payload.error));
  // ends of transactions have offsets too, and no record: a batch tells where it ends
  consumer.run({eachBatch: async ({batch, heartbeat}) => {
    for (const message of batch.messages) {
      const headers = Object.fromEntries(Object.entries(message.headers).map(([name, value]) => [name, value.toString()]));
      const event = Binding.toEvent({key: message.key.toString(), value: message.value.toString(), headers});
      event.validate();
      if (event.id !== headers.ce_id || event.type !== headers.ce_type || event.subject !== message.key.toString()) {
        fail(new Error(`${batch.topic} ${message.offset}: the headers differ from the event`));
      }
      read += 1;
    }
    await heartbeat();
    const place = `${batch.topic} ${batch.partition}`;
    if (Number(batch.lastOffset()) + 1 >= (left.get(place) ?? Infinity)) left.delete(place);
    if (left.size === 0) done();
  }});
});
await consumer.disconnect();
console.log(`JavaScript: ${read} records read`);
