//! A go-between on the way to a PostgreSQL server, under which some commits fail: as a distributed PostgreSQL
//! refuses them, or as a network loses their answers. It speaks as much of the protocol as that takes.

use std::collections::HashSet;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::task::JoinHandle;

/// What becomes of about every third commit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mishap {
    /// It is rolled back and answered with 40001, which asks for the whole transaction again.
    Refused,
    /// It is carried out, and the connection breaks before the answer.
    Unanswered,
}

/// A go-between that listens for as long as it is held.
pub struct Proxy {
    pub port: u16,
    pub mishap: Mishap,
    commits: Arc<Commits>,
    listening: JoinHandle<()>,
}

#[derive(Default)]
struct Commits {
    seen: AtomicUsize,
    failed: AtomicUsize,
}

impl Commits {
    /// Whether this one fails. Irregular, so that writers in step do not starve one of them; the first one
    /// does.
    fn next_fails(&self) -> bool {
        let seen = self.seen.fetch_add(1, Ordering::Relaxed);
        let fails = ((seen as u32).wrapping_mul(2_654_435_769) >> 16).is_multiple_of(3);
        self.failed.fetch_add(fails.into(), Ordering::Relaxed);
        fails
    }
}

impl Proxy {
    pub async fn start(server: String, mishap: Mishap) -> Proxy {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let commits = Arc::new(Commits::default());
        let seen = commits.clone();
        let listening = tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let (server, commits) = (server.clone(), seen.clone());
                // A connection ends when either side closes it; whoever is left sees it closed.
                tokio::spawn(async move { serve(client, &server, mishap, commits).await });
            }
        });
        Proxy { port, mishap, commits, listening }
    }

    /// How many commits were sent so far.
    pub fn commits(&self) -> usize {
        self.commits.seen.load(Ordering::Relaxed)
    }

    /// How many of them failed.
    pub fn failed(&self) -> usize {
        self.commits.failed.load(Ordering::Relaxed)
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.listening.abort();
    }
}

/// What to do with the server's next answer, which ends with "ready for query".
enum Answer {
    Pass,
    Refuse,
    Cut,
}

async fn serve(client: TcpStream, server: &str, mishap: Mishap, commits: Arc<Commits>) -> io::Result<()> {
    let server = TcpStream::connect(server).await?;
    client.set_nodelay(true)?;
    server.set_nodelay(true)?;
    let ((from_client, to_client), (from_server, to_server)) = (client.into_split(), server.into_split());
    let (expect, expected) = unbounded_channel();
    tokio::select! {
        ended = requests(from_client, to_server, expect, mishap, &commits) => ended,
        ended = answers(from_server, to_client, expected) => ended,
    }
}

/// Hands on what the client asks, unit by unit: a unit is what the server answers with one "ready for query".
async fn requests(
    mut client: OwnedReadHalf,
    mut server: OwnedWriteHalf,
    expect: UnboundedSender<Answer>,
    mishap: Mishap,
    commits: &Commits,
) -> io::Result<()> {
    let length = client.read_u32().await?;
    let mut startup = vec![0; length as usize - 4];
    client.read_exact(&mut startup).await?;
    server.write_u32(length).await?;
    server.write_all(&startup).await?;
    let _ = expect.send(Answer::Pass);
    let mut called_commit: HashSet<Vec<u8>> = HashSet::new();
    let (mut unit, mut commits_here) = (Vec::new(), false);
    loop {
        let (kind, message) = message(&mut client).await?;
        let mut texts = message[5..].split(|byte| *byte == 0);
        let mut text = || texts.next().unwrap_or_default().to_vec();
        match kind {
            b'P' => {
                let (name, sql) = (text(), text());
                if sql == b"COMMIT" {
                    called_commit.insert(name);
                } else {
                    called_commit.remove(&name);
                }
            }
            b'B' => {
                let (_, name) = (text(), text());
                commits_here |= called_commit.contains(&name);
            }
            b'Q' => commits_here |= text() == b"COMMIT",
            _ => (),
        }
        unit.extend(message);
        match kind {
            b'S' | b'Q' => (),
            // A password, or the end: neither is answered with "ready for query".
            b'p' | b'X' => {
                server.write_all(&std::mem::take(&mut unit)).await?;
                continue;
            }
            _ => continue,
        }
        let fails = std::mem::take(&mut commits_here) && commits.next_fails();
        let (asked, answer) = match mishap {
            _ if !fails => (std::mem::take(&mut unit), Answer::Pass),
            Mishap::Refused => (b"Q\0\0\0\x0dROLLBACK\0".to_vec(), Answer::Refuse),
            Mishap::Unanswered => (std::mem::take(&mut unit), Answer::Cut),
        };
        unit.clear();
        let _ = expect.send(answer);
        server.write_all(&asked).await?;
    }
}

async fn answers(
    mut server: OwnedReadHalf,
    mut client: OwnedWriteHalf,
    mut expected: UnboundedReceiver<Answer>,
) -> io::Result<()> {
    while let Some(answer) = expected.recv().await {
        loop {
            let (kind, message) = message(&mut server).await?;
            if let Answer::Pass = answer {
                client.write_all(&message).await?;
            }
            if kind == b'Z' {
                break;
            }
        }
        match answer {
            Answer::Pass => (),
            Answer::Refuse => client.write_all(&refusal()).await?,
            Answer::Cut => return Ok(()),
        }
    }
    Ok(())
}

/// "restart transaction", as CockroachDB words it, and "ready for query" outside a transaction.
fn refusal() -> Vec<u8> {
    let fields = b"SERROR\0VERROR\0C40001\0Mrestart transaction: the go-between was in the way\0\0";
    let mut bytes = vec![b'E'];
    bytes.extend((fields.len() as u32 + 4).to_be_bytes());
    bytes.extend(fields);
    bytes.extend(b"Z\0\0\0\x05I");
    bytes
}

/// The next message, with its kind and length before it.
async fn message(from: &mut OwnedReadHalf) -> io::Result<(u8, Vec<u8>)> {
    let kind = from.read_u8().await?;
    let length = from.read_u32().await?;
    let mut message = vec![kind];
    message.extend(length.to_be_bytes());
    message.resize(length as usize + 1, 0);
    from.read_exact(&mut message[5..]).await?;
    Ok((kind, message))
}
