//! The whole from outside: commands in, statements and positions out, over the library and over the binary.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test says what it expects")]

mod activity;
mod audit;
mod bad_input;
mod balances;
mod binary;
mod cli;
mod damaged_blocks;
mod disputed;
mod docs;
mod examples;
mod faces;
mod fold;
mod generate;
mod http;
mod in_blocks;
mod invariants;
mod ledger;
mod life;
mod looks;
mod medicare;
mod medicare_years;
mod on_postgres;
mod order;
mod pages;
mod pennine;
mod proofs;
mod questions;
mod random;
mod readme;
/// The domain's tests evaluate written arithmetic as well.
#[path = "../../../domain/tests/it/reckon.rs"]
mod reckon;
mod reconcile;
mod terms;
mod tidy;
mod todo;
mod web;
mod what_if;
mod workbook;
mod worked;
mod working;
