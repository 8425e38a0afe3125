//! Questions about a ledger that are answered with a list.

use domain::name::ContractId;
use domain::time::KnownAt;
use domain::verb::Command;
use domain::year::ContractYear;
use projections::challenges::{self, Challenge};
use projections::exposure;
use projections::flows::{self, Returns};
use projections::headroom;
use projections::history::{self, Happening};
use projections::months::{self, Months};
use projections::spend::{self, Spend};

use super::{App, Times};
use crate::problem::{Exit, Problem};

impl App {
    /// What a programme leaves at plan, at forecast and at worst.
    pub async fn headroom(
        &self,
        contract: &ContractId,
        year: ContractYear,
        known_at: KnownAt,
    ) -> Result<headroom::Asked, Problem> {
        let kept = self.kept().await?;
        let asked = headroom::ask(&kept, contract, year, known_at)?;
        let subcontracts = &kept.book().case(contract)?.subcontracts;
        self.look(&kept, subcontracts.iter().chain([contract]), &format!("headroom {year}")).await?;
        Ok(asked)
    }

    /// A contract year month by month, beside what was known at an earlier time.
    pub async fn months(
        &self,
        contract: &ContractId,
        year: ContractYear,
        from: Option<KnownAt>,
        times: Times,
    ) -> Result<Months, Problem> {
        let kept = self.kept().await?;
        self.look(&kept, [contract], &format!("months {year}")).await?;
        Ok(months::ask(&kept, contract, year, times.business_date(&kept), (from, times.known_at))?)
    }

    /// Every challenge raised.
    pub async fn challenges(&self, times: Times) -> Result<Vec<Challenge>, Problem> {
        let kept = self.kept().await?;
        let all = challenges::ask(&kept, times.business_date(&kept), times.known_at)?;
        self.look(&kept, all.iter().map(|c| &c.contract), "list of challenges").await?;
        Ok(all)
    }

    /// What each party can gain and lose under every contract.
    pub async fn exposure(&self, times: Times) -> Result<Vec<exposure::Row>, Problem> {
        let kept = self.kept().await?;
        let rows = exposure::ask(&kept, times.business_date(&kept), times.known_at)?;
        self.look(&kept, rows.iter().map(|row| &row.contract), "exposure").await?;
        Ok(rows)
    }

    /// What a contract year was spent per head and per unit of activity, beside another year.
    pub async fn spend(
        &self,
        contract: &ContractId,
        years: [ContractYear; 2],
        times: Times,
    ) -> Result<Spend, Problem> {
        let kept = self.kept().await?;
        self.look(&kept, [contract], &format!("spend {}", years[0])).await?;
        Ok(spend::ask(&kept, contract, years, times.business_date(&kept), times.known_at)?)
    }

    /// The history of a contract; where kinds of events are named, theirs only.
    pub async fn history(
        &self,
        contract: &ContractId,
        events: &[String],
        times: Times,
    ) -> Result<Vec<Happening>, Problem> {
        let kept = self.kept().await?;
        self.look(&kept, [contract], "history").await?;
        let mut history = history::ask(&kept, contract, times.business_date(&kept), times.known_at)?;
        if events.is_empty() {
            return Ok(history);
        }
        let there_is = |asked: &&String| Command::NAMES.iter().any(|(_, event, _)| event == asked);
        if let Some(unknown) = events.iter().find(|asked| !there_is(asked)) {
            let hint = format!("the history of {contract} names the events there are");
            return Err(Problem::usage("event", format!("`{unknown}` is not a kind of event"), hint));
        }
        history.retain(|happening| events.iter().any(|event| event == happening.event));
        if history.is_empty() {
            let message = format!("not recorded: {}", events.join(", "));
            let hint = format!("the history of {contract} lists what is");
            return Err(Problem::new(Exit::Findings, "not-recorded", message, hint));
        }
        Ok(history)
    }

    /// The returns of each month of a contract year beside each other.
    pub async fn flows(
        &self,
        contract: &ContractId,
        year: ContractYear,
        times: Times,
    ) -> Result<Vec<Returns>, Problem> {
        let kept = self.kept().await?;
        self.look(&kept, [contract], &format!("returns {year}")).await?;
        Ok(flows::ask(&kept, contract, year, times.business_date(&kept), times.known_at)?)
    }
}
