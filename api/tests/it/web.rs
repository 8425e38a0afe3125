//! A server in this process on a port of its own, and the calls of a program or a browser.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::PathBuf;
use std::sync::mpsc;
use std::thread::JoinHandle;

use api::app::App;
use api::app::load::{Folder, load, steps};
use api::http::{Limits, Log, Server};
use serde_json::Value;
use tokio::sync::oneshot;

use crate::ledger::somebody;

/// The key of the C2SP specification's example, so that pages are the same in every run.
pub const KEY: &str = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz";

/// A server; it ends with the test.
pub struct Web {
    pub address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

/// What a call came to.
#[derive(Debug)]
pub struct Reply {
    pub status: u16,
    pub headers: BTreeMap<String, String>,
    pub body: String,
}

impl Reply {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|e| panic!("{e}: {}", self.body))
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }
}

impl Web {
    /// Over a ledger at this address; an example folder is loaded first.
    pub fn over(url: &str, example: Option<&str>, limits: Limits) -> Web {
        let (url, example) = (url.to_owned(), example.map(str::to_owned));
        let open = async move {
            let Some(example) = example else { return App::open_or_create(&url, somebody()).await.unwrap() };
            let app =
                App::open_uncreated(&url, somebody()).await.unwrap().signing(Some(KEY.parse().unwrap()));
            let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../examples").join(example);
            load(&app, &steps(&Folder::Disk(folder), &app).unwrap(), || {}).await.unwrap();
            app
        };
        Web::started(open, limits)
    }

    /// Over a ledger that is open.
    pub fn serving(app: App) -> Web {
        Web::started(async { app }, Limits::default())
    }

    fn started(open: impl Future<Output = App> + Send + 'static, limits: Limits) -> Web {
        let (tell, told) = mpsc::channel();
        let (stop, stopped) = oneshot::channel();
        let serve = async move {
            let server =
                Server::bind(open.await, "127.0.0.1".parse().unwrap(), 0, Log::Faults).await.unwrap();
            let server = server.limited(limits);
            tell.send(server.address()).unwrap();
            let until = async {
                let _ = stopped.await;
            };
            server.run(until).await.unwrap();
        };
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        let thread = std::thread::spawn(move || runtime.block_on(serve));
        Web { address: told.recv().unwrap(), stop: Some(stop), thread: Some(thread) }
    }

    /// The Pennine example, in memory.
    pub fn pennine() -> Web {
        Web::over("memory:", Some("pennine-msk"), Limits::default())
    }

    /// An empty ledger, in memory.
    pub fn empty() -> Web {
        Web::over("memory:", None, Limits::default())
    }

    pub fn call(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Reply {
        let mut stream = TcpStream::connect(self.address).unwrap();
        let mut text = format!("{method} {path} HTTP/1.0\r\n");
        for (name, value) in [("host", self.address.to_string()), ("content-length", body.len().to_string())]
        {
            if !headers.iter().any(|(given, _)| *given == name) {
                text += &format!("{name}: {value}\r\n");
            }
        }
        headers.iter().for_each(|(name, value)| text += &format!("{name}: {value}\r\n"));
        // A server that refuses a long body may hang up before it has read it.
        let _ = stream.write_all(format!("{text}\r\n{body}").as_bytes());
        let mut reply = Vec::new();
        let _ = stream.read_to_end(&mut reply);
        // A workbook is no text; the tests that read one ask the library.
        let reply = String::from_utf8_lossy(&reply);
        let (head, body) =
            reply.split_once("\r\n\r\n").unwrap_or_else(|| panic!("{method} {path}: {reply:?}"));
        let mut lines = head.lines();
        let status = lines.next().unwrap().split(' ').nth(1).unwrap().parse().unwrap();
        let headers = lines.filter_map(|l| l.split_once(": "));
        let headers = headers.map(|(name, value)| (name.to_lowercase(), value.to_owned())).collect();
        Reply { status, headers, body: body.to_owned() }
    }

    pub fn get(&self, path: &str) -> Reply {
        self.call("GET", path, &[], "")
    }

    /// As a browser asks.
    pub fn page(&self, path: &str) -> Reply {
        self.call("GET", path, &[("accept", "text/html,application/xhtml+xml")], "")
    }

    pub fn post(&self, path: &str, headers: &[(&str, &str)], body: &str) -> Reply {
        let kind = if path.contains("bulk") { "application/x-ndjson" } else { "application/json" };
        let headers = [&[("content-type", kind)], headers].concat();
        self.call("POST", path, &headers, body)
    }
}

impl Drop for Web {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
        if let Some(thread) = self.thread.take() {
            let ended = thread.join();
            assert!(std::thread::panicking() || ended.is_ok(), "the server ended with a panic");
        }
    }
}
