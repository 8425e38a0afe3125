//! The pages as people meet them.

use std::collections::BTreeSet;

use api::http::Limits;
use insta::assert_snapshot;
use serde_json::json;

use crate::ledger::line;
use crate::web::{Reply, Web};

/// The addresses that a page links to, as a browser reads them.
fn links(body: &str) -> Vec<String> {
    let mut found = Vec::new();
    for attribute in ["href=\"", "src=\""] {
        let each = body.split(attribute).skip(1).filter_map(|rest| rest.split('"').next());
        found.extend(each.map(|link| link.replace("&#38;", "&").replace("&amp;", "&")));
    }
    found
}

/// What a person reads: no markup, one line for each block.
fn text(reply: &Reply) -> String {
    let main = reply.body.split("<main id=\"main\">").nth(1).and_then(|b| b.split("</main>").next());
    let main = main.unwrap_or_else(|| panic!("no main: {}", reply.body));
    let mut words = String::new();
    let mut rest = main;
    while let Some((before, after)) = rest.split_once('<') {
        words.push_str(before);
        let (tag, after) = after.split_once('>').unwrap_or((after, ""));
        let name = tag.trim_start_matches('/').split([' ', '/']).next().unwrap_or("");
        match (name, tag.starts_with('/')) {
            ("a" | "strong" | "span" | "code" | "b", _) => {}
            ("td" | "th" | "text", true) => words.push_str(" | "),
            ("tr" | "p" | "li" | "h1" | "h2" | "h3" | "dt" | "dd" | "caption" | "br" | "svg", _) => {
                words.push('\n')
            }
            _ => {}
        }
        rest = after;
    }
    for (entity, letter) in [("&#60;", "<"), ("&#62;", ">"), ("&#34;", "\""), ("&#39;", "'"), ("&#38;", "&")]
    {
        words = words.replace(entity, letter);
    }
    let lines = words.lines().map(|l| without_hash(l.split_whitespace().collect::<Vec<_>>().join(" ")));
    lines.filter(|l| !l.is_empty()).collect::<Vec<_>>().join("\n")
}

fn without_hash(line: String) -> String {
    match line.split_once("sha256:") {
        Some((before, _)) => format!("{before}sha256:[hash]"),
        None => line,
    }
}

fn shown(web: &Web, path: &str) -> Reply {
    let reply = web.page(path);
    assert_eq!(reply.status, 200, "{path}: {}", reply.body);
    reply
}

#[test]
fn every_link_of_every_page_leads_somewhere() {
    let web = Web::pennine();
    let mut waiting = vec![
        "/?as_of=2014-06-30".to_owned(),
        "/contracts/pennine-msk/compare?year=2013%2F14&from=2013-09-30&as_of=2013-09-30&known_at=2013-12-31"
            .to_owned(),
        "/contracts/pennine-acute/statement?year=2013%2F14&as_of=2013-09-30&known_at=2013-09-30".to_owned(),
    ];
    let mut seen = BTreeSet::new();
    while let Some(link) = waiting.pop() {
        // One proof stands for those of all entries: each signs the ledger again.
        let kind = if link.starts_with("/v1/entries/") { "/v1/entries/".to_owned() } else { link.clone() };
        if !link.starts_with('/') || !seen.insert(kind) {
            continue;
        }
        let reply = web.page(&link);
        assert_eq!(reply.status, 200, "{link}: {}", reply.body);
        assert!(!reply.body.contains("<script") && !reply.body.contains(" style=\""), "{link}");
        if reply.header("content-type").starts_with("text/html") {
            assert!(reply.body.contains("<html lang=\"en-GB\">"), "{link}");
            assert_eq!(reply.body.matches("<h1>").count(), 1, "{link}");
            assert_eq!(
                reply.body.matches("<table").count(),
                reply.body.matches("<caption").count(),
                "{link}"
            );
            let inside = links(&reply.body).into_iter().filter(|l| l.starts_with('#'));
            inside.for_each(|l| assert!(reply.body.contains(&format!("id=\"{}\"", &l[1..])), "{link}: {l}"));
            // Every page at the time asked for; of other times each page's own address is enough.
            let followed = link.contains("as_of=2014-06-30") && !link.starts_with("/lines");
            waiting.extend(
                links(&reply.body)
                    .into_iter()
                    .filter(|l| followed || l.starts_with("/contracts/pennine-vcs")),
            );
        }
    }
    assert!(seen.len() > 100, "only {} pages were found", seen.len());
}

#[test]
fn pages_say_what_the_ledger_says() {
    let web = Web::pennine();
    for (name, path) in [
        ("page_home", "/?as_of=2014-06-30"),
        ("page_home_half_year", "/?as_of=2013-09-30&known_at=2013-09-30"),
        ("page_contract", "/contracts/pennine-msk?as_of=2014-06-30"),
        ("page_year", "/contracts/pennine-msk/statement?year=2013/14&as_of=2014-06-30"),
        ("page_line", "/lines?line=pennine-msk/5.1/pool-share/northmoor&year=2013/14&as_of=2014-06-30"),
        ("page_party", "/parties/msk-partnership?as_of=2014-06-30"),
        (
            "page_compare",
            "/contracts/pennine-msk/compare?year=2013/14&from=2013-09-30&as_of=2013-09-30&known_at=2013-12-31",
        ),
        ("page_what_if", "/contracts/pennine-msk/what-if?year=2013/14&as_of=2014-06-30&set=@140/value=0.80"),
        (
            "page_months",
            "/contracts/pennine-msk/months?year=2013/14&from=2014-03-31&as_of=2014-06-30&known_at=2014-07-31",
        ),
        ("page_history", "/contracts/pennine-vcs/history?as_of=2014-06-30&event=outcome-measured"),
    ] {
        assert_snapshot!(name, text(&shown(&web, path)));
    }
}

/// From a line of a statement to the report behind it, and to the lines that make it up.
#[test]
fn the_lines_behind_a_figure_have_a_page() {
    let web = Web::over("memory:", Some("oldham-visual-health"), Limits::default());
    let at = "year=2012/13&as_of=2013-05-31&known_at=2013-06-30";
    for (line, name) in [
        ("visual-harbour/total/outside-contract/2012-08", "page_lines_outside"),
        ("visual-eyewise/2/priced-activity", "page_lines_of_a_clause"),
    ] {
        let explained = shown(&web, &format!("/lines?line={line}&{at}")).body;
        let to_lines = links(&explained).into_iter().find(|l| l.contains("/lines?month="));
        let page = shown(&web, &to_lines.unwrap_or_else(|| panic!("{line}: {explained}")));
        assert!(page.body.contains("Every line of the month"), "{}", page.body);
        assert_snapshot!(name, text(&page));
    }
}

#[test]
fn many_lines_are_shown_page_by_page() {
    let web = Web::empty();
    let terms = json!({
        "contract": "beds", "title": "Beds", "parties": {"commissioner": "icb", "lead": "trust"},
        "years": {"kind": "nhs", "from": "2025/26", "to": "2025/26"}, "rounding": {"unit": "0.01", "at": "line"},
        "pay": [{"clause": "1", "kind": "activity_at_price", "unbounded": "accepted"}],
    });
    let lines: Vec<_> = (0..120)
        .map(|n| json!({"pod": if n % 60 == 7 { "NEL" } else { "EL" }, "count": "1", "value": "10.00"}))
        .collect();
    let report = json!({
        "contract": "beds", "provider": "trust", "month": "2025-04", "flow": "PLCM", "stage": "freeze",
        "value": "1200.00", "count": "120", "lines": lines,
    });
    for (number, (command, body)) in [
        ("register-party", json!({"party": "icb", "name": "ICB"})),
        ("register-party", json!({"party": "trust", "name": "Trust"})),
        ("award-contract", json!({"signed_on": "2025-03-01", "terms": terms})),
        ("report-activity", report),
    ]
    .into_iter()
    .enumerate()
    {
        let reply = web.post("/v1/commands", &[], &line(command, &format!("c{number}"), &body.to_string()));
        assert_eq!(reply.status, 200, "{}", reply.body);
    }
    let mut path = Some("/contracts/beds/lines?month=2025-04&flow=PLCM&as_of=2025-05-31".to_owned());
    let mut pages = Vec::new();
    while let Some(at) = path {
        let page = shown(&web, &at).body;
        pages.push(page.matches("data-label=\"Row\"").count());
        let next = format!("page={}", pages.len() + 1);
        path = links(&page).into_iter().find(|link| link.contains(&next));
    }
    assert_eq!(pages, [50, 50, 20]);
    let filtered = "/contracts/beds/lines?month=2025-04&where=point_of_delivery_code=NEL&as_of=2025-05-31";
    let page = shown(&web, filtered).body;
    assert_eq!(page.matches("data-label=\"Row\"").count(), 2);
    let none = shown(&web, "/contracts/beds/lines?month=2025-04&clause=none&as_of=2025-05-31").body;
    assert!(none.contains("No line of the month is so."), "{none}");
    for (asked, status) in [("month=2025-06", 422), ("month=2025-04&where=NEL", 400), ("", 400)] {
        assert_eq!(
            web.page(&format!("/contracts/beds/lines?as_of=2025-07-31&{asked}")).status,
            status,
            "{asked}"
        );
    }
}

#[test]
fn a_page_that_is_not_todays_says_so_and_keeps_its_times() {
    let web = Web::pennine();
    let then = shown(&web, "/contracts/pennine-msk?as_of=30/9/2013&known_at=30/9/2013").body;
    assert!(then.contains("Not today’s view."), "{then}");
    assert!(then.contains(
        "measured by 30 September 2013, as known at the end of 30 September 2013: entry 66 of 147."
    ));
    assert!(then.contains("as_of=30%2F9%2F2013"), "links keep the times");
    let now = shown(&web, "/").body;
    assert!(!now.contains("Not today’s view."));
}

#[test]
fn a_page_that_cannot_be_shown_says_why_and_leads_back() {
    let web = Web::pennine();
    for (path, status) in [
        ("/nothing", 404),
        ("/contracts/other", 404),
        ("/parties/nobody", 404),
        ("/?as_of=yesterday", 400),
        ("/contracts/pennine-msk/statement", 400),
        ("/contracts/pennine-msk/statement?year=2013/14&known_at=@999", 404),
        ("/lines?line=pennine-msk/x/y&as_of=2014-06-30", 404),
    ] {
        let reply = web.page(path);
        assert_eq!(reply.status, status, "{path}");
        assert!(reply.header("content-type").starts_with("text/html"), "{path}");
        assert!(links(&reply.body).contains(&"/".to_owned()), "{path}");
        assert!(!text(&reply).is_empty());
    }
}

#[test]
fn words_of_a_ledger_stay_words_on_a_page() {
    let web = Web::over("memory:", None, Limits::default());
    let body = r#"{"party":"odd","name":"<script>alert(1)</script> & Sons"}"#;
    assert_eq!(web.post("/v1/commands", &[], &line("register-party", "odd", body)).status, 200);
    let home = shown(&web, "/").body;
    assert!(!home.contains("<script") && home.contains("&#60;script&#62;"), "{home}");
    assert!(home.contains("No contract was known yet"));
}
