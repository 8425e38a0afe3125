//! Tests of the domain alone: commands in, statements out, no store.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test says what it expects")]

mod aligned_payment;
mod alliance;
mod at_risk;
mod best_practice_tariff;
mod blended_payment;
mod capitation;
mod cases;
mod challenge;
mod claimed_values;
mod control_total;
mod cost_and_volume;
mod cquin;
mod equity;
mod gain_loss_share;
mod headroom;
mod in_error;
mod integrated_payment;
mod marginal_rate;
mod milestones;
mod minimum_population;
mod nested_pools;
mod outcome_scales;
mod paid_outside;
mod paying;
mod per_process;
mod pooled_fund;
mod report;
mod risk_corridor;
mod sanctions;
mod shared_savings;
mod split;
mod stop_loss;
mod vat_leakage;
mod wire;
mod year_of_care;
