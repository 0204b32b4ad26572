//! A push for several people on its way to another node: what they share goes once, and stands in it as it is.

use crate::model::{Slots, Uid};
use crate::protocol::frame::{Delivery, Frame};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::sync::Arc;

/// How many people's push goes into one bundle.
const MOST_RECIPIENTS: usize = 500;

/// A push for several people, with what they share once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bundle {
    /// The `S2C_…` name.
    pub name: Cow<'static, str>,
    /// The object that all recipients share.
    pub shared: Arc<str>,
    /// Who hears it, each under their number, with the object of what is their own.
    pub to: Vec<Recipient>,
}

/// Who hears a push, and under which number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recipient {
    /// Who.
    pub uid: Uid,
    /// Their number of the push.
    pub seq: i64,
    /// What is their own in it.
    pub own: Option<Box<str>>,
}

/// A bundle in JSON.
#[derive(Serialize, Deserialize)]
pub(super) struct BundleBody<'a> {
    #[serde(borrow)]
    name: Cow<'a, str>,
    #[serde(borrow)]
    shared: &'a RawValue,
    #[serde(borrow)]
    to: Vec<RecipientBody<'a>>,
}

type RecipientBody<'a> = (Uid, i64, Option<&'a RawValue>);

impl Bundle {
    /// What one commit pushes, in its order: what several hear becomes one bundle, or a few of them.
    pub fn gather<'a>(deliveries: impl IntoIterator<Item = &'a Delivery>) -> Vec<Self> {
        let mut bundles = Vec::<Self>::new();
        for Delivery { uid, frame, .. } in deliveries {
            let (uid, Frame { seq, name, own, shared }) = (uid.clone(), frame.clone());
            let recipient = Recipient { uid, seq, own };
            match bundles.last_mut() {
                Some(last) if Arc::ptr_eq(&last.shared, &shared) && last.to.len() < MOST_RECIPIENTS => {
                    last.to.push(recipient)
                }
                Some(_) | None => bundles.push(Self { name, shared, to: vec![recipient] }),
            }
        }
        bundles
    }

    /// The pushes in it.
    pub fn deliveries(self) -> impl Iterator<Item = Delivery> {
        let Self { name, shared, to } = self;
        to.into_iter().map(move |Recipient { uid, seq, own }| Delivery {
            uid,
            frame: Frame { seq, name: name.clone(), own, shared: shared.clone() },
            slots: Slots::NONE,
        })
    }

    /// How many bytes it has in an envelope at the most.
    pub fn weight(&self) -> usize {
        let own = |to: &Recipient| to.own.as_ref().map_or(0, |own| own.len());
        let to = |to: &Recipient| 32 + to.uid.as_str().len() + own(to);
        64 + self.name.len() + self.shared.len() + self.to.iter().map(to).sum::<usize>()
    }

    pub(super) fn body(&self) -> serde_json::Result<BundleBody<'_>> {
        let to = self.to.iter().map(Recipient::body).collect::<serde_json::Result<_>>()?;
        let shared = serde_json::from_str(&self.shared)?;
        Ok(BundleBody { name: Cow::Borrowed(&self.name), shared, to })
    }
}

impl Recipient {
    fn body(&self) -> serde_json::Result<RecipientBody<'_>> {
        let own = self.own.as_deref().map(serde_json::from_str).transpose()?;
        Ok((self.uid.clone(), self.seq, own))
    }
}

impl From<BundleBody<'_>> for Bundle {
    fn from(BundleBody { name, shared, to }: BundleBody<'_>) -> Self {
        let own = |own: &RawValue| own.get().into();
        let recipient = |(uid, seq, raw): RecipientBody<'_>| Recipient { uid, seq, own: raw.map(own) };
        Self {
            name: name.into_owned().into(),
            shared: shared.get().into(),
            to: to.into_iter().map(recipient).collect(),
        }
    }
}
