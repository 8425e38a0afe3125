//! Tests of the domain alone: commands in, statements out, no store.

mod cases;
