//! Findings name their team, and a team can act on them without knowing files of other teams.

mod baseline;
mod options;
mod owners;
mod removed;
mod selected;
mod waive;
