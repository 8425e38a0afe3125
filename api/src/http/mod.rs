//! The face over HTTP: the API under `/v1` and the pages, from one server on this machine.
//!
//! [`v1`] answers programs and [`pages`] people; both call the same use cases as the command line. There are
//! no identities yet, so the server listens on loopback only, and answers only calls that name this machine.

mod asked;
mod guard;
mod log;
pub mod pages;
mod problem;
pub mod v1;

use std::future::Future;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;

pub use asked::{Answer, Query};
pub use log::Log;
pub use problem::Unanswered;

use crate::app::App;
use crate::problem::{Exit, Problem};

/// What one call may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The longest body of a command, in bytes.
    pub body: usize,
    /// The longest body of commands in bulk, in bytes.
    pub bulk: usize,
    /// The longest a call is waited for.
    pub time: Duration,
    /// How many calls are answered at once; one more is told to come back.
    pub at_once: usize,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits { body: 1 << 20, bulk: 64 << 20, time: Duration::from_secs(60), at_once: 64 }
    }
}

/// What every endpoint and page has at hand.
#[derive(Clone, Debug)]
pub struct Desk {
    /// The use cases, over one ledger.
    pub app: Arc<App>,
    /// What one call may take.
    pub limits: Limits,
    free: Arc<Semaphore>,
    log: Log,
}

/// A server that has its port and answers nobody yet.
#[derive(Debug)]
pub struct Server {
    listener: TcpListener,
    address: SocketAddr,
    desk: Desk,
}

impl Server {
    /// Takes a port on a loopback address; port 0 is any free one.
    ///
    /// # Errors
    /// Refuses every other address, and says where the port is taken.
    pub async fn bind(app: App, address: IpAddr, port: u16, log: Log) -> Result<Server, Problem> {
        if !address.is_loopback() {
            return Err(Problem::new(
                Exit::Refused,
                "not-loopback",
                format!(
                    "{address} can be reached from other machines, and this server does not yet know who calls it: \
                     anybody there could read every price and record anything"
                ),
                "leave --address out, and let others in through a tunnel of your own, such as ssh -L 8080:localhost:8080",
            ));
        }
        let taken = |why: std::io::Error| {
            let hint = "choose another port with --port, or --port 0 for any free one";
            Problem::new(
                Exit::Unavailable,
                "port",
                format!("port {port} of {address} cannot be used: {why}"),
                hint,
            )
        };
        let listener = TcpListener::bind((address, port)).await.map_err(taken)?;
        let address = listener.local_addr().map_err(taken)?;
        let limits = Limits::default();
        let free = Arc::new(Semaphore::new(limits.at_once));
        Ok(Server { listener, address, desk: Desk { app: Arc::new(app), limits, free, log } })
    }

    /// With other limits.
    pub fn limited(mut self, limits: Limits) -> Server {
        self.desk.free = Arc::new(Semaphore::new(limits.at_once));
        self.desk.limits = limits;
        self
    }

    /// Where it answers.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Answers until `stop`, then finishes the calls that have begun.
    ///
    /// # Errors
    /// Where the system takes the port away.
    pub async fn run(self, stop: impl Future<Output = ()> + Send + 'static) -> Result<(), Problem> {
        let served = axum::serve(self.listener, router(self.desk)).with_graceful_shutdown(stop).await;
        served.map_err(|e| Problem::new(Exit::Unavailable, "serve", e, "start it again"))
    }
}

/// Every route, behind the guard.
fn router(desk: Desk) -> Router {
    // The access log tells a program's look from a person's.
    let through = |face| Desk { app: Arc::new(App::clone(&desk.app).through(face)), ..desk.clone() };
    let routes: Router =
        v1::routes().with_state(through("API")).merge(pages::routes().with_state(through("page")));
    routes.layer(axum::middleware::from_fn_with_state(desk, guard::guard))
}

/// The signals that end a server: an interrupt from the keyboard, or a request to terminate.
pub async fn interrupted() {
    let terminate = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => {
                signal.recv().await;
            }
            Err(_) => std::future::pending().await,
        }
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        () = terminate => {}
    }
}
