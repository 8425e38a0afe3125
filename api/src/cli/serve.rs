//! `serve`: the API and the pages, to this machine only.

use std::net::IpAddr;

use clap::Args;

use super::{Globals, Stop, output};
use crate::app::App;
use crate::http::{Log, Server, interrupted};
use crate::problem::Problem;

/// Serve the API under /v1 and the pages, to this machine only
#[derive(Debug, Args)]
pub struct Serve {
    #[command(flatten)]
    place: Place,
}

/// Where a server listens.
#[derive(Clone, Copy, Debug, Args)]
pub(super) struct Place {
    /// The port; 0 for any that is free
    #[arg(long, default_value_t = 8080)]
    port: u16,
    /// The address; only loopback is served
    #[arg(long, default_value = "127.0.0.1")]
    address: IpAddr,
}

impl Serve {
    pub(super) async fn run(self, globals: &Globals) -> Result<(), Stop> {
        let app = globals.open_or_create().await?;
        self.place.serve(app, Log::Calls, "").await?;
        Ok(())
    }
}

impl Place {
    /// Serves until a signal; `query` is added to the address that is printed.
    pub(super) async fn serve(self, app: App, log: Log, query: &str) -> Result<(), Problem> {
        let server = Server::bind(app, self.address, self.port, log).await?;
        output::say(format!("Serving http://{}/{query} until interrupted.\n", server.address()))?;
        server.run(interrupted()).await
    }
}
