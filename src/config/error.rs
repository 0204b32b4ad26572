//! Why the settings were refused.

/// Why the settings were refused; the text names the setting.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// A file that cannot be read, or a setting that is unknown or of the wrong kind.
    #[error("settings: {0}")]
    Read(#[from] config::ConfigError),
    /// A setting whose value cannot be.
    #[error("settings: {0}: {1}")]
    Impossible(&'static str, String),
}
