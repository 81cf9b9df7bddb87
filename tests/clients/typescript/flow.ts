// Plays the flow of the demo with a client typed by the OpenAPI document: node flow.js county.json
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import createClient from "openapi-fetch";
import type { operations, paths } from "./schema.js";

// named by operation: a schema may be renamed and fit as before
type Body<O extends "register_case" | "complete_task"> = operations[O]["requestBody"]["content"]["application/json"];
type Case = operations["get_case"]["responses"][200]["content"]["application/json"];
type Problem = operations["get_case"]["responses"][404]["content"]["application/problem+json"];

type Part = "station" | "center" | "center_head" | "center_office" | "county_office" | "head" | "investigator";

interface County {
  base: string;
  orgs: { station: string; center: string; county: string };
  tokens: Record<Part, string>;
}

const county: County = JSON.parse(readFileSync(process.argv[2]!, "utf8"));
const client = (token?: string) =>
  createClient<paths>({ baseUrl: county.base, headers: token ? { Authorization: `Bearer ${token}` } : {} });
const as = (part: Part) => client(county.tokens[part]);
const key = () => ({ "Idempotency-Key": randomUUID() });

/** Return the data of an answer; throw with the problem of a refusal. */
async function ok<T>(request: Promise<{ data?: T; error?: Problem; response: Response }>) {
  const { data, error, response } = await request;
  if (data === undefined) throw new Error(`${response.url}: ${response.status} ${error?.type} ${error?.detail}`);
  return data;
}

/** Return the first value that is not undefined, asking again while events are under way. */
async function eventually<T>(what: string, ask: () => Promise<T | undefined>): Promise<T> {
  for (let tries = 0; tries < 200; tries += 1) {
    const found = await ask();
    if (found !== undefined) return found;
    await sleep(50);
  }
  throw new Error(`never came: ${what}`);
}

function same<T>(got: T, wanted: T) {
  if (JSON.stringify(got) !== JSON.stringify(wanted)) {
    throw new Error(`got ${JSON.stringify(got)}, not ${JSON.stringify(wanted)}`);
  }
}

const applicant = {
  kind: "person",
  name: "张小三",
  id_type: "citizen_id",
  id_number: "52999919000101000X",
} as const satisfies Body<"register_case">["applicant"];

/** Register a case at the station; `brought` are the numbers of the materials. */
function register(item_code: string, brought: number[]) {
  return ok(
    as("station").POST("/api/v1/cases", {
      params: { header: key() },
      body: {
        item_code,
        org: county.orgs.station,
        channel: "window",
        applicant,
        materials: brought.map((no) => ({ no, form: "copy" as const })),
        form: {},
      },
    }),
  );
}

function accept(case_id: string) {
  return ok(
    as("center").POST("/api/v1/cases/{case_id}/accept", { params: { path: { case_id }, header: key() }, body: {} }),
  );
}

/** Receive and complete the task of a case that an office has now. */
async function work(case_id: string, part: Part, body: Body<"complete_task">) {
  const step = await eventually("a task", async () => {
    const { data } = await as("center").GET("/api/v1/cases/{case_id}/route", { params: { path: { case_id } } });
    return data?.steps.find((each) => each.status === "assigned");
  });
  const path = { task_id: step.id };
  await ok(as(part).POST("/api/v1/tasks/{task_id}/receive", { params: { path, header: key() } }));
  if (body.opinion === "deny") await fileDenial(case_id, part);
  await ok(as(part).POST("/api/v1/tasks/{task_id}/complete", { params: { path, header: key() }, body }));
}

/** File the intention to deny; the head agrees. */
async function fileDenial(case_id: string, part: Part) {
  const filing = await ok(
    as(part).POST("/api/v1/cases/{case_id}/denial-filings", {
      params: { path: { case_id }, header: key() },
      body: { facts: "查明的事实", reason: "不符合条件", legal_basis: "《行政许可法》第三十八条" },
    }),
  );
  const answered = await ok(
    as("center_head").POST("/api/v1/denial-filings/{filing_id}/answer", {
      params: { path: { filing_id: filing.id }, header: key() },
      body: { agree: true, opinion: "同意" },
    }),
  );
  same(answered.status, "agreed");
}

function read(case_id: string) {
  return ok(as("station").GET("/api/v1/cases/{case_id}", { params: { path: { case_id } } }));
}

function reaches(case_id: string, status: Case["status"]) {
  return eventually(status, async () => {
    const shown = await read(case_id);
    return shown.status === status ? shown : undefined;
  });
}

/** A case that lacks a material first, is reported up to the county, granted and delivered. */
async function granted() {
  const registered = await register("MZ-001", [1]);
  const path = { case_id: registered.id };
  const params = () => ({ path, header: key() });
  const missing = registered.missing.map(({ no, name }) => ({ no, reason: `未带${name}` }));
  same(missing.map(({ no }) => no), [2]);
  const station = as("station");
  await ok(station.POST("/api/v1/cases/{case_id}/supplement-notice", { params: params(), body: { missing } }));
  const materials = [{ no: 2, form: "original" as const }];
  await ok(station.POST("/api/v1/cases/{case_id}/materials", { params: params(), body: { materials } }));
  await accept(registered.id);

  const again = await as("center").POST("/api/v1/cases/{case_id}/accept", { params: params(), body: {} });
  same(again.error?.status, 409);

  await work(registered.id, "center_office", { opinion: "agree" });
  await work(registered.id, "county_office", { opinion: "grant" });
  await reaches(registered.id, "granted");
  await ok(
    as("center").POST("/api/v1/cases/{case_id}/deliver", {
      params: params(),
      body: { method: "in_person", signed_by: applicant.name },
    }),
  );
  const closed = await reaches(registered.id, "closed");
  same(closed.clocks.some((clock) => clock.kind === "statutory"), true);

  const query = { case_no: registered.case_no, id_tail: applicant.id_number.slice(-4) };
  same((await ok(client().GET("/api/v1/track", { params: { query } }))).status, "closed");
  const timeline = await ok(station.GET("/api/v1/cases/{case_id}/timeline", { params: { path } }));
  same(timeline.items.some((entry) => entry.type === "cn.bianmin.case.granted.v1"), true);
}

/** A case that is denied; what happened then is complained about, found out and answered. */
async function denied() {
  const registered = await register("MZ-003", [1]);
  await accept(registered.id);
  await work(registered.id, "center_office", {
    opinion: "deny",
    reason_code: "not_eligible",
    legal_basis: "《行政许可法》第三十八条",
  });
  await reaches(registered.id, "denied");
  const lodged = await ok(
    client().POST("/api/v1/complaints", {
      params: { header: key() },
      body: {
        kind: "complaint",
        subject: { org: county.orgs.center, case_id: registered.id },
        anonymous: true,
        text: "不告诉为什么不办",
        file_ids: [],
        channel: "mobile",
      },
    }),
  );
  const path = { complaint_id: lodged.id };
  const params = () => ({ path, header: key() });
  const head = as("head");
  await eventually("the complaint at its handler", async () => {
    const { data } = await head.GET("/api/v1/complaints/{complaint_id}", { params: { path } });
    return data;
  });
  await ok(head.POST("/api/v1/complaints/{complaint_id}/accept", { params: params(), body: {} }));
  const assignment = { investigator: "investigator-520111" };
  await ok(head.POST("/api/v1/complaints/{complaint_id}/assign", { params: params(), body: assignment }));
  const investigator = as("investigator");
  await ok(
    investigator.POST("/api/v1/complaints/{complaint_id}/conclude", {
      params: params(),
      body: {
        outcome: "explained",
        facts: "经查阅记录并询问当事人",
        reasons: "依据查明的事实",
        legal_basis: "《信访工作条例》第三十二条",
      },
    }),
  );
  const text = "您反映的情况已经处理，谢谢监督。";
  await ok(investigator.POST("/api/v1/complaints/{complaint_id}/reply", { params: params(), body: { text } }));
  const query = { code: lodged.follow_code };
  const followed = await ok(client().GET("/api/v1/complaints/follow", { params: { query } }));
  same([followed.status, followed.reply], ["replied", text]);
}

/** A case that is refused, and one that is withdrawn. */
async function notAccepted() {
  const refused = await register("MZ-003", [1]);
  const filing = await ok(
    as("center").POST("/api/v1/cases/{case_id}/refusal-filings", {
      params: { path: { case_id: refused.id }, header: key() },
      body: { facts: "查明的事实", reason: "不符合申请条件", legal_basis: "《行政许可法》第三十二条" },
    }),
  );
  await ok(
    as("center_head").POST("/api/v1/refusal-filings/{filing_id}/answer", {
      params: { path: { filing_id: filing.id }, header: key() },
      body: { agree: true, opinion: "同意" },
    }),
  );
  await ok(
    as("center").POST("/api/v1/cases/{case_id}/refuse", {
      params: { path: { case_id: refused.id }, header: key() },
      body: { reason_code: "not_eligible", reason: "不符合申请条件", legal_basis: "《行政许可法》第三十二条" },
    }),
  );
  same((await read(refused.id)).status, "refused");
  const withdrawn = await register("MZ-003", [1]);
  await ok(
    as("station").POST("/api/v1/cases/{case_id}/withdraw", {
      params: { path: { case_id: withdrawn.id }, header: key() },
      body: { reason: "申请人自行撤回" },
    }),
  );
  same((await read(withdrawn.id)).status, "withdrawn");
}

/** The figures of the month count both decisions. */
async function counted() {
  await eventually("the figures", async () => {
    const query = { org: county.orgs.county };
    const { items } = await ok(as("head").GET("/api/v1/reports/performance", { params: { query } }));
    const line = items.find((each) => each.org === county.orgs.center);
    return line && line.accepted >= 2 && line.denied >= 1 ? line : undefined;
  });
}

await granted();
await denied();
await notAccepted();
await counted();
console.log("played");
