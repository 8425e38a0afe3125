//! The pages as people meet them.

use std::collections::BTreeSet;

use api::http::Limits;
use insta::assert_snapshot;

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
