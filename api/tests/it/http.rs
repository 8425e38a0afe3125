//! The API as programs meet it.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Read};
use std::process::{Command, Stdio};

use api::http::v1::{ALL, openapi, schema};
use api::http::{Limits, Log, Server};
use serde_json::{Value, json};

use crate::binary::Place;
use crate::ledger::{line, somebody};
use crate::web::{Reply, Web};

/// What is wrong with a value by its schema; every object lists all its fields.
fn faults(schema: &Value, value: &Value, at: &str) -> Vec<String> {
    if let Some(name) = schema["$ref"].as_str() {
        let all = schema::all();
        let named = &all[name.rsplit('/').next().unwrap()];
        assert!(!named.is_null(), "no schema {name}");
        return faults(named, value, at);
    }
    if let Some(any) = schema["anyOf"].as_array() {
        let fits = any.iter().any(|one| faults(one, value, at).is_empty());
        return if fits { Vec::new() } else { vec![format!("{at}: {value} fits none of {schema}")] };
    }
    let fits = match schema["type"].as_str() {
        None => true,
        Some("object") => return object_faults(schema, value, at),
        Some("array") => match value.as_array() {
            Some(items) => {
                let each = items.iter().enumerate();
                return each
                    .flat_map(|(i, item)| faults(&schema["items"], item, &format!("{at}/{i}")))
                    .collect();
            }
            None => false,
        },
        Some("string") => match schema["enum"].as_array() {
            Some(words) => words.contains(value),
            None => value.is_string(),
        },
        Some("integer") => value.is_u64(),
        Some("boolean") => value.is_boolean(),
        Some("null") => value.is_null(),
        Some(other) => panic!("{other}"),
    };
    if fits { Vec::new() } else { vec![format!("{at}: {value} does not fit {schema}")] }
}

fn object_faults(schema: &Value, value: &Value, at: &str) -> Vec<String> {
    let Some(fields) = value.as_object() else { return vec![format!("{at}: {value} is no object")] };
    let mut found = Vec::new();
    for name in schema["required"].as_array().into_iter().flatten() {
        if !fields.contains_key(name.as_str().unwrap()) {
            found.push(format!("{at}: {name} is missing"));
        }
    }
    for (name, inner) in fields {
        let at = format!("{at}/{name}");
        match (&schema["properties"][name], &schema["additionalProperties"]) {
            (Value::Null, Value::Bool(false)) => found.push(format!("{at} is in no schema")),
            (Value::Null, other) => found.extend(faults(other, inner, &at)),
            (property, _) => found.extend(faults(property, inner, &at)),
        }
    }
    found
}

/// A value is as its schema says.
pub fn assert_fits(name: &str, value: &Value) {
    let found = faults(&schema::named(name), value, "");
    assert!(found.is_empty(), "{name}: {found:#?}");
}

/// A problem, in its shape.
pub fn problem(reply: &Reply) -> (u16, String) {
    assert_eq!(reply.header("content-type"), "application/problem+json", "{reply:?}");
    let body = reply.json();
    assert_fits("Problem", &body);
    assert_eq!(body["status"], reply.status);
    assert_eq!(body["detail"], body["message"]);
    (reply.status, body["code"].as_str().unwrap().to_owned())
}

/// One call for each endpoint that is read.
pub const READS: &[(&str, &str)] = &[
    ("contracts", "/v1/contracts?as_of=2014-06-30"),
    ("contract", "/v1/contracts/pennine-msk?as_of=2014-06-30"),
    ("statement", "/v1/contracts/pennine-msk/statement?year=2013/14&as_of=2014-06-30"),
    ("workbook", "/v1/contracts/pennine-msk/workbook?year=2013/14&as_of=2014-06-30&which=in_force"),
    ("diff", "/v1/contracts/pennine-msk/diff?year=2013/14&as_of=2013-09-30&from=2013-09-30&to=2013-12-31"),
    (
        "whatIf",
        "/v1/contracts/pennine-msk/what-if?year=2013/14&as_of=2014-06-30&set=@140/value=0.80&set=/pay/0/withheld=12%25",
    ),
    ("history", "/v1/contracts/pennine-acute/history?as_of=2014-06-30"),
    ("lines", "/v1/contracts/pennine-acute/lines?month=2013-04&as_of=2014-06-30"),
    ("explain", "/v1/explain?line=pennine-msk/5.1/pool-share/northmoor&as_of=2014-06-30"),
    ("settlements", "/v1/settlements?as_of=2014-06-30"),
    ("parties", "/v1/parties?as_of=2014-06-30"),
    ("position", "/v1/parties/msk-partnership/position?as_of=2014-06-30"),
    ("reconcile", "/v1/reconcile?party=northmoor&with=msk-partnership&as_of=2014-06-30"),
    ("todo", "/v1/todo?party=northmoor&as_of=2014-06-30"),
    ("months", "/v1/contracts/pennine-msk/months?year=2013/14&from=2014-03-31&as_of=2014-06-30"),
    ("headroom", "/v1/contracts/pennine-msk/headroom?year=2013/14&as_of=2014-06-30"),
    ("exposure", "/v1/exposure?as_of=2014-06-30"),
    ("balances", "/v1/balances?above=1000.00&as_of=2014-06-30"),
    ("looks", "/v1/looks?contract=pennine-acute"),
    ("overTime", "/v1/parties/msk-partnership/position/over-time?as_of=2014-06-30"),
    ("checkpoint", "/v1/checkpoint"),
    ("proof", "/v1/entries/146/proof"),
    ("growth", "/v1/checkpoints/146/growth"),
    ("key", "/v1/key"),
    ("live", "/livez"),
    ("ready", "/readyz"),
    ("openapi", "/openapi.json"),
];

/// Reads whose facts the Pennine example does not have; `faces` asks them of the examples that do.
const OF_OTHERS: [&str; 3] = ["challenges", "flows", "spend"];

#[test]
fn every_read_answers_in_its_schema_with_the_times_it_stands_for() {
    let web = Web::pennine();
    let asked: BTreeSet<&str> = READS.iter().map(|(id, _)| *id).chain(OF_OTHERS).collect();
    let there: BTreeSet<&str> = ALL.iter().filter(|e| e.method == "get").map(|e| e.id).collect();
    assert_eq!(asked, there);
    for (id, path) in READS {
        let reply = web.get(path);
        assert_eq!(reply.status, 200, "{path}: {}", reply.body);
        let endpoint = ALL.iter().find(|e| e.id == *id).unwrap();
        let (_, kind, schema) = endpoint.answers[0];
        assert_eq!(reply.header("content-type"), kind, "{path}");
        match kind {
            "application/json" => assert_fits(schema, &reply.json()),
            "text/plain; charset=utf-8" => {
                // What is sealed stands for the ledger as it is, whatever the question's times.
                assert_eq!(reply.header("x-riskshare-entry"), "147", "{path}");
                assert!(reply.body.contains("PeterNeumann"), "{path}");
                continue;
            }
            _ => assert!(reply.body.starts_with("PK"), "{path} is no workbook"),
        }
        // What stands beside the ledger has no times.
        if !path.starts_with("/v1") || *id == "looks" {
            continue;
        }
        let (entry, as_of, known_at) = match *id {
            "diff" => ("98", "2013-09-30", "2013-12-31"),
            _ => ("147", "2014-06-30", "now"),
        };
        let said =
            ["x-riskshare-entry", "x-riskshare-as-of", "x-riskshare-known-at"].map(|name| reply.header(name));
        assert_eq!(said, [entry, as_of, known_at], "{path}");
    }
}

#[test]
fn what_was_asked_before_is_answered_by_its_tag() {
    let web = Web::pennine();
    let path = "/v1/parties/msk-partnership/position?as_of=2014-06-30";
    let tag = web.get(path).header("etag").to_owned();
    assert_eq!(tag, "\"147.2014-06-30\"");
    let again = web.call("GET", path, &[("if-none-match", &tag)], "");
    assert_eq!((again.status, again.body.as_str()), (304, ""));
    assert_eq!(web.call("GET", path, &[("if-none-match", "\"146.2014-06-30\"")], "").status, 200);
    let registered =
        web.post("/v1/commands", &[], &line("register-party", "new", r#"{"party":"new","name":"New"}"#));
    assert_eq!(registered.status, 200, "{}", registered.body);
    assert_eq!(web.call("GET", path, &[("if-none-match", &tag)], "").status, 200);
}

#[test]
fn problems_have_one_shape_and_the_status_of_their_kind() {
    let web = Web::pennine();
    for (path, status, code) in [
        ("/v1/nothing", 404, "no-route"),
        ("/v1/contracts/other", 404, "unknown-contract"),
        ("/v1/contracts/other%20one", 400, "path"),
        ("/v1/contracts/%FF", 400, "unreadable"),
        ("/v1/contracts/pennine-msk/statement", 400, "query"),
        ("/v1/contracts/pennine-msk/statement?year=2013-14", 400, "query"),
        ("/v1/contracts/pennine-msk/statement?year=2013/14&asof=2014-06-30", 400, "query"),
        ("/v1/contracts/pennine-msk/statement?year=2013/14&year=2014/15", 400, "query"),
        ("/v1/contracts/pennine-msk/statement?year=2020/21", 422, "outside-term"),
        (
            "/v1/contracts/pennine-msk/statement?year=2013/14&as_of=2013-09-30&which=in_force",
            404,
            "not-drawn-up",
        ),
        ("/v1/contracts/pennine-msk/diff?year=2013/14&from=@20&to=@10", 422, "backwards"),
        ("/v1/contracts/pennine-msk/history?limit=0", 400, "query"),
        ("/v1/contracts/pennine-msk/history?event=activity", 400, "event"),
        ("/v1/contracts/pennine-msk/history?event=challenge-raised", 422, "not-recorded"),
        ("/v1/challenges", 422, "not-recorded"),
        ("/v1/contracts/pennine-msk/flows?year=2013/14", 422, "not-recorded"),
        ("/v1/contracts/pennine-msk/headroom?year=2020/21", 422, "outside-term"),
        ("/v1/balances?above=much", 400, "query"),
        ("/v1/contracts/pennine-msk/history?cursor=zz", 400, "cursor"),
        ("/v1/explain?line=pennine-msk/9/nothing&as_of=2014-06-30", 404, "unknown-line"),
        ("/v1/parties/nobody/position", 404, "unknown-party"),
        ("/v1/parties/northmoor/position?known_at=@148", 404, "unknown-entry"),
        ("/v1/parties/northmoor/position?known_at=yesterday", 400, "query"),
    ] {
        assert_eq!(problem(&web.get(path)), (status, code.to_owned()), "{path}");
    }
    let reply = web.get("/v1/contracts/other");
    assert_eq!(
        reply.json(),
        json!({
            "type": "urn:riskshare:problem:unknown-contract", "title": "Not found", "status": 404,
            "detail": "there is no contract `other` in this ledger", "code": "unknown-contract",
            "message": "there is no contract `other` in this ledger", "hint": "award it first, or check its name",
            "where": {"pointer": "/contract"},
        })
    );
    assert_eq!(problem(&web.call("DELETE", "/v1/contracts", &[], "")), (405, "method".to_owned()));
    let elsewhere = web.call("GET", "/v1/contracts", &[("host", "ledger.example")], "");
    assert_eq!(problem(&elsewhere), (421, "not-this-machine".to_owned()));
}

const PARTY: &str = r#"{"party":"northmoor","name":"Northmoor"}"#;

#[test]
fn a_command_sent_twice_is_carried_out_once() {
    let web = Web::empty();
    let first = web.post("/v1/commands", &[], &line("register-party", "k1", PARTY));
    assert_eq!(first.status, 200, "{}", first.body);
    assert_fits("Done", &first.json());
    assert_eq!((first.json()["entry"].as_u64(), first.header("idempotent-replayed")), (Some(2), ""));
    let again = web.post("/v1/commands", &[], &line("register-party", "k1", PARTY));
    assert_eq!((&again.body, again.header("idempotent-replayed")), (&first.body, "true"));
    let other = line("register-party", "k1", r#"{"party":"other","name":"Other"}"#);
    assert_eq!(problem(&web.post("/v1/commands", &[], &other)), (409, "key-reused".to_owned()));
    let exists = line("register-party", "k2", PARTY);
    assert_eq!(problem(&web.post("/v1/commands", &[], &exists)), (409, "party-exists".to_owned()));
    let nameless = line("register-party", "k3", r#"{"party":"other","name":" "}"#);
    let refused = web.post("/v1/commands", &[], &nameless);
    assert_eq!(problem(&refused), (422, "name-empty".to_owned()));
    assert_eq!(refused.json()["where"], json!({"pointer": "/name"}));
}

#[test]
fn the_header_gives_the_key_where_the_body_has_none() {
    let web = Web::empty();
    let with = line("register-party", "h1", PARTY);
    let without = with.replace(r#""key":"h1","#, "");
    assert_ne!(with, without);
    let key = [("idempotency-key", "\"h1\"")];
    assert_eq!(web.post("/v1/commands", &key, &without).status, 200);
    let again = web.post("/v1/commands", &[], &with);
    assert_eq!((again.status, again.header("idempotent-replayed")), (200, "true"));
    assert_eq!(web.post("/v1/commands", &key, &with).status, 200);
    let two = web.post("/v1/commands", &[("idempotency-key", "h2")], &with);
    assert_eq!(problem(&two), (400, "two-keys".to_owned()));
    assert_eq!(problem(&web.post("/v1/commands", &[], &without)), (400, "unreadable".to_owned()));
    let wrong = without.replace("\"name\"", "\"nmae\"");
    let column = |reply: Reply| reply.json()["where"]["column"].as_u64().unwrap() as usize;
    assert_eq!(column(web.post("/v1/commands", &key, &wrong)), wrong.find("\"nmae\"").unwrap() + 1);
}

#[test]
fn a_command_that_relies_on_a_stream_is_refused_once_it_moved() {
    let web = Web::empty();
    let command = line("register-party", "m1", PARTY);
    let moved = web.post("/v1/commands", &[("if-match", "\"party/northmoor@1\"")], &command);
    assert_eq!(problem(&moved), (412, "stale-version".to_owned()));
    let unreadable = web.post("/v1/commands", &[("if-match", "\"abc\"")], &command);
    assert_eq!(problem(&unreadable), (400, "if-match".to_owned()));
    let fits = web.post("/v1/commands", &[("if-match", "\"party/northmoor@0\"")], &command);
    assert_eq!(fits.status, 200, "{}", fits.body);
}

#[test]
fn commands_in_bulk_get_a_verdict_each() {
    let web = Web::empty();
    let good = line("register-party", "b1", PARTY);
    let bad = line("register-party", "b2", r#"{"party":"other","name":""}"#);
    let both = format!("{good}\n\n{bad}\n");
    let verdicts = |reply: &Reply| -> Vec<String> {
        assert_eq!(
            (reply.status, reply.header("content-type")),
            (200, "application/x-ndjson"),
            "{}",
            reply.body
        );
        let each = reply.body.lines().map(|l| serde_json::from_str::<Value>(l).unwrap());
        each.inspect(|v| assert_fits("Verdict", v))
            .map(|v| v["verdict"].as_str().unwrap().to_owned())
            .collect()
    };
    for (query, recorded) in [("?atomic=true", "false"), ("?dry_run=true", "false"), ("", "true")] {
        let reply = web.post(&format!("/v1/commands/bulk{query}"), &[], &both);
        assert_eq!(verdicts(&reply), ["accepted", "rejected"], "{query}");
        assert_eq!(reply.header("x-riskshare-recorded"), recorded, "{query}");
    }
    assert_eq!(verdicts(&web.post("/v1/commands/bulk", &[], &good)), ["duplicate"]);
    let reply = web.post("/v1/commands/bulk?atomc=true", &[], &both);
    assert_eq!(problem(&reply), (400, "query".to_owned()));
}

#[test]
fn a_body_of_another_kind_or_too_long_is_refused() {
    let limits = Limits { body: 300, ..Limits::default() };
    let web = Web::over("memory:", None, limits);
    let form = web.call(
        "POST",
        "/v1/commands",
        &[("content-type", "text/plain")],
        &line("register-party", "k", PARTY),
    );
    assert_eq!(problem(&form), (415, "media-type".to_owned()));
    let long =
        line("register-party", "k", &format!(r#"{{"party":"northmoor","name":"{}"}}"#, "n".repeat(300)));
    assert_eq!(problem(&web.post("/v1/commands", &[], &long)), (413, "too-large".to_owned()));
    assert_eq!(problem(&web.post("/v1/commands", &[], "{")), (400, "unreadable".to_owned()));
}

#[test]
fn calls_beyond_the_limits_are_told_to_come_back() {
    let busy = Web::over("memory:", None, Limits { at_once: 0, ..Limits::default() });
    let reply = busy.get("/livez");
    assert_eq!(problem(&reply), (503, "busy".to_owned()));
    assert_eq!(reply.header("retry-after"), "1");
    let hasty = Limits { time: std::time::Duration::from_millis(50), ..Limits::default() };
    let web = Web::over("memory:", None, hasty);
    // The body that is announced never comes.
    let announced = [("content-type", "application/json"), ("content-length", "100")];
    assert_eq!(problem(&web.call("POST", "/v1/commands", &announced, "")), (408, "too-slow".to_owned()));
}

#[test]
fn lists_are_read_page_by_page() {
    let web = Web::pennine();
    for path in ["/v1/contracts/pennine-acute/history?as_of=2014-06-30", "/v1/settlements?as_of=2014-06-30"] {
        let whole = web.get(path).json();
        let mut items = Vec::new();
        let mut cursor = String::new();
        loop {
            let page = web.get(&format!("{path}&limit=4{cursor}")).json();
            items.extend(page["items"].as_array().unwrap().clone());
            // What is recorded between two pages is not in the list.
            let body = format!(r#"{{"party":"p{}","name":"P"}}"#, items.len());
            assert_eq!(
                web.post(
                    "/v1/commands",
                    &[],
                    &line("register-party", &body.replace(['{', '}', '"'], ""), &body)
                )
                .status,
                200
            );
            match page["next"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => break,
            }
        }
        assert_eq!(&items, whole["items"].as_array().unwrap(), "{path}");
    }
}

#[test]
fn the_description_is_the_one_that_is_committed() {
    let file = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/openapi.json");
    if std::env::var_os("RISKSHARE_TEST_WRITE").is_some() {
        std::fs::write(&file, openapi::text()).unwrap();
    }
    let committed = std::fs::read_to_string(&file).unwrap();
    assert!(
        committed == openapi::text(),
        "docs/openapi.json is out of date: test with RISKSHARE_TEST_WRITE=1 to write it"
    );
    assert_eq!(Web::empty().get("/openapi.json").body, committed);
    let all = schema::all();
    for name in committed.split("#/components/schemas/").skip(1).map(|rest| rest.split('"').next().unwrap()) {
        assert!(!all[name].is_null(), "no schema {name}");
    }
}

#[test]
fn the_command_line_and_the_api_give_the_same_answers() {
    let place = Place::new();
    let pennine = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/pennine-msk");
    place.answer(&["load", pennine.to_str().unwrap()]);
    let url = format!("sqlite:{}", place.path().join("riskshare.db").display());
    let web = Web::over(&url, None, Limits::default());
    for (arguments, path) in [
        (
            "settle pennine-msk --year 2013/14 --as-of 2014-06-30",
            "/v1/contracts/pennine-msk/statement?year=2013/14&as_of=2014-06-30",
        ),
        (
            "settle pennine-acute --year 2013/14 --as-of 2013-09-30 --known-at 2013-12-31",
            "/v1/contracts/pennine-acute/statement?year=2013/14&as_of=2013-09-30&known_at=2013-12-31",
        ),
        (
            "position --party msk-partnership --as-of 30/6/2014 --known-at 2014-07-31",
            "/v1/parties/msk-partnership/position?as_of=30/6/2014&known_at=2014-07-31",
        ),
        (
            "diff pennine-msk --year 2013/14 --from 2013-09-30 --to 2013-12-31 --as-of 2013-09-30",
            "/v1/contracts/pennine-msk/diff?year=2013/14&from=2013-09-30&to=2013-12-31&as_of=2013-09-30",
        ),
        (
            "what-if pennine-msk --year 2013/14 --as-of 2014-06-30 --set @140/value=0.80 --set /pay/0/budget=24000000.00",
            "/v1/contracts/pennine-msk/what-if?year=2013/14&as_of=2014-06-30&set=@140/value=0.80&set=/pay/0/budget=24000000.00",
        ),
        (
            "explain pennine-msk/5.1/pool-share/northmoor --as-of 2014-06-30",
            "/v1/explain?line=pennine-msk/5.1/pool-share/northmoor&as_of=2014-06-30",
        ),
        ("contracts --as-of 2014-06-30", "/v1/contracts?as_of=2014-06-30"),
        (
            "position --party northmoor --over-time --as-of 2014-06-30",
            "/v1/parties/northmoor/position/over-time?as_of=2014-06-30",
        ),
        ("settlements --as-of 2014-06-30", "/v1/settlements?as_of=2014-06-30"),
        ("history pennine-vcs --as-of 2014-06-30", "/v1/contracts/pennine-vcs/history?as_of=2014-06-30"),
    ] {
        let arguments: Vec<&str> = arguments.split(' ').chain(["--output", "json"]).collect();
        // Hashes differ from run to run, and are left out of what the command line says here.
        let said: Value = serde_json::from_str(&place.answer(&arguments)).unwrap();
        let answered = web.get(path).json();
        let answered = answered.get("items").unwrap_or(&answered).clone();
        assert_eq!(without_hashes(said), without_hashes(answered), "{path}");
    }
}

/// Without what differs between two ledgers with the same history.
pub fn without_hashes(value: Value) -> Value {
    match value {
        Value::String(text) if text.starts_with("sha256:") => Value::Null,
        Value::Array(items) => items.into_iter().map(without_hashes).collect(),
        Value::Object(fields) => fields.into_iter().map(|(name, v)| (name, without_hashes(v))).collect(),
        other => other,
    }
}

#[test]
fn the_server_says_where_it_is_and_ends_when_it_is_told() {
    let place = Place::new();
    let mut server = Command::new(env!("CARGO_BIN_EXE_riskshare"))
        .args(["serve", "--port", "0"])
        .current_dir(place.path())
        .env_remove("RISKSHARE_LEDGER")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut said = String::new();
    BufReader::new(server.stdout.take().unwrap()).read_line(&mut said).unwrap();
    let address =
        said.strip_prefix("Serving http://127.0.0.1:").and_then(|s| s.strip_suffix("/ until interrupted.\n"));
    let port: u16 = address.unwrap_or_else(|| panic!("{said}")).parse().unwrap();
    let mut stream = std::net::TcpStream::connect(("127.0.0.1", port)).unwrap();
    std::io::Write::write_all(&mut stream, b"GET /livez?x=secret HTTP/1.0\r\nhost: localhost\r\n\r\n")
        .unwrap();
    let mut reply = String::new();
    stream.read_to_string(&mut reply).unwrap();
    assert!(reply.starts_with("HTTP/1.0 200 OK"), "{reply}");
    let killed = Command::new("kill").args(["-TERM", &server.id().to_string()]).status().unwrap();
    assert!(killed.success());
    assert!(server.wait().unwrap().success());
    let mut log = String::new();
    server.stderr.take().unwrap().read_to_string(&mut log).unwrap();
    let logged: Value = serde_json::from_str(log.trim()).unwrap();
    assert_eq!((&logged["path"], &logged["status"]), (&json!("/livez"), &json!(200)));
}

#[test]
fn an_address_that_others_can_reach_is_refused() {
    let run = Place::new().run(&["serve", "--address", "0.0.0.0", "--port", "0"]);
    assert_eq!((run.exit, run.out.as_str()), (4, ""));
    assert!(run.err.contains("0.0.0.0 can be reached from other machines"), "{}", run.err);
    assert!(run.err.contains("leave --address out"), "{}", run.err);
}

#[tokio::test]
async fn a_port_in_use_is_told() {
    let bind = async |port| {
        let app = api::app::App::open_or_create("memory:", somebody()).await.unwrap();
        Server::bind(app, "127.0.0.1".parse().unwrap(), port, Log::Faults).await
    };
    let first = bind(0).await.unwrap();
    let second = bind(first.address().port()).await.unwrap_err();
    assert_eq!(second.code, "port");
}

#[test]
fn what_two_parties_say_is_set_beside_the_ledger() {
    let web = Web::pennine();
    let claim = r#"{"party":"msk-partnership","counterparty":"northmoor","contract":"pennine-msk","year":"2013/14",
        "basis":"receivable","amount":"1252560.72","as_of":"2014-06-30"}"#;
    let stated = web.post("/v1/commands", &[], &line("state-balance", "said", claim));
    assert_eq!(stated.status, 200, "{}", stated.body);
    let reply = web.get("/v1/reconcile?party=msk-partnership&with=northmoor&as_of=2014-06-30").json();
    assert_fits("Reconciliation", &reply);
    let balance = &reply["items"][0];
    assert_eq!((&balance["ledger"], &balance["second"]), (&json!("1252561.72"), &Value::Null));
    assert_eq!(balance["first"]["unexplained"], json!("1"));
}
