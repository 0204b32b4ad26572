//! A set of metrics: registers them, and writes them in the text format of Prometheus.

use super::thread_counters::ThreadCounters;
use crate::error::{Error, Result};
use prometheus::core::Collector;
#[cfg(target_os = "linux")]
use prometheus::process_collector::ProcessCollector;
use prometheus::{
    Histogram, HistogramOpts, HistogramVec, IntCounter, IntCounterVec, IntGauge, IntGaugeVec, Opts, Registry,
    TextEncoder,
};

/// Metrics that are written together.
#[derive(Default)]
pub struct MetricSet(Registry);

impl MetricSet {
    /// A set with the metrics of this process: CPU, memory, open files, start.
    pub(super) fn of_process() -> Result<Self> {
        let set = Self::default();
        #[cfg(target_os = "linux")]
        set.0.register(Box::new(ProcessCollector::for_self())).map_err(Error::inside)?;
        Ok(set)
    }

    /// Registers a counter, which only grows.
    pub fn counter(&self, name: &str, help: &str) -> Result<IntCounter> {
        self.register(IntCounter::new(name, help))
    }

    /// Registers a counter for each combination of labels.
    pub fn counters(&self, name: &str, help: &str, labels: &[&str]) -> Result<IntCounterVec> {
        self.register(IntCounterVec::new(Opts::new(name, help), labels))
    }

    /// Registers counters for these values of one label, for what is counted all the time.
    pub(super) fn thread_counters(
        &self,
        name: &str,
        help: &str,
        label: &'static str,
        values: impl IntoIterator<Item = &'static str>,
    ) -> Result<ThreadCounters> {
        self.register(ThreadCounters::new(Opts::new(name, help), label, values))
    }

    /// Registers a gauge, which rises and falls.
    pub fn gauge(&self, name: &str, help: &str) -> Result<IntGauge> {
        self.register(IntGauge::new(name, help))
    }

    /// Registers a gauge for each combination of labels.
    pub fn gauges(&self, name: &str, help: &str, labels: &[&str]) -> Result<IntGaugeVec> {
        self.register(IntGaugeVec::new(Opts::new(name, help), labels))
    }

    /// Registers a histogram: how many values were at most as large as each of the `bounds`.
    pub fn histogram(&self, name: &str, help: &str, bounds: &[f64]) -> Result<Histogram> {
        self.register(Histogram::with_opts(HistogramOpts::new(name, help).buckets(bounds.to_vec())))
    }

    /// Registers a histogram for each combination of labels.
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

/// Writes these sets in the text format; fails if one metric is in two of them.
pub fn encode(sets: &[&MetricSet]) -> Result<String> {
    let families: Vec<_> = sets.iter().flat_map(|MetricSet(registry)| registry.gather()).collect();
    TextEncoder::new().encode_to_string(&families).map_err(Error::inside)
}
