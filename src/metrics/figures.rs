//! A set of figures: makes them, and writes them in the text format of Prometheus.

use crate::error::{Error, Result};
use prometheus::core::Collector;
#[cfg(target_os = "linux")]
use prometheus::process_collector::ProcessCollector;
use prometheus::{
    Histogram, HistogramOpts, HistogramVec, IntCounter, IntCounterVec, IntGauge, IntGaugeVec, Opts, Registry,
    TextEncoder,
};
use std::collections::HashMap;

/// Some figures that are written out together.
#[derive(Default)]
pub struct Figures(Registry);

impl Figures {
    /// With those that the system has of this process: CPU, memory, open files, start.
    pub(super) fn of_process() -> Result<Self> {
        let figures = Self::default();
        #[cfg(target_os = "linux")]
        figures.0.register(Box::new(ProcessCollector::for_self())).map_err(Error::inside)?;
        Ok(figures)
    }

    /// A number that only grows.
    pub fn counter(&self, name: &str, help: &str) -> Result<IntCounter> {
        self.register(IntCounter::new(name, help))
    }

    /// One for each combination of labels.
    pub fn counters(&self, name: &str, help: &str, labels: &[&str]) -> Result<IntCounterVec> {
        self.register(IntCounterVec::new(Opts::new(name, help), labels))
    }

    /// A number that rises and falls.
    pub fn gauge(&self, name: &str, help: &str) -> Result<IntGauge> {
        self.register(IntGauge::new(name, help))
    }

    /// One for each combination of labels.
    pub fn gauges(&self, name: &str, help: &str, labels: &[&str]) -> Result<IntGaugeVec> {
        self.register(IntGaugeVec::new(Opts::new(name, help), labels))
    }

    /// How many were as small as each of the `bounds`.
    pub fn histogram(&self, name: &str, help: &str, bounds: &[f64]) -> Result<Histogram> {
        self.register(Histogram::with_opts(HistogramOpts::new(name, help).buckets(bounds.to_vec())))
    }

    /// One for each combination of labels.
    pub fn histograms(
        &self,
        name: &str,
        help: &str,
        bounds: &[f64],
        labels: &[&str],
    ) -> Result<HistogramVec> {
        let options = HistogramOpts::new(name, help).buckets(bounds.to_vec());
        self.register(HistogramVec::new(options, labels))
    }

    fn register<C: Collector + Clone + 'static>(&self, made: prometheus::Result<C>) -> Result<C> {
        let made = made.map_err(Error::inside)?;
        self.0.register(Box::new(made.clone())).map_err(Error::inside)?;
        Ok(made)
    }
}

/// Writes them all out.
pub fn encode(sets: &[&Figures]) -> Result<String> {
    let families: Vec<_> = sets.iter().flat_map(|Figures(registry)| registry.gather()).collect();
    TextEncoder::new().encode_to_string(&families).map_err(Error::inside)
}

/// A counter for each of some words, found without making any text; there from the beginning.
pub(super) struct ByWord(HashMap<&'static str, IntCounter>);

impl ByWord {
    pub(super) fn new(counters: &IntCounterVec, words: impl IntoIterator<Item = &'static str>) -> Self {
        Self(words.into_iter().map(|word| (word, counters.with_label_values(&[word]))).collect())
    }

    pub(super) fn count(&self, word: &str) {
        if let Some(counter) = self.0.get(word) {
            counter.inc();
        }
    }
}
