//! What people write, made up: the same each time.

/// What most people write of; the first in one message of ten.
const WORDS: [&str; 32] = [
    "头疼",
    "血压",
    "今天",
    "昨天",
    "吃药",
    "复查",
    "医生",
    "您好",
    "谢谢",
    "睡眠",
    "咳嗽",
    "发烧",
    "孩子",
    "饭后",
    "空腹",
    "血糖",
    "体检",
    "疫苗",
    "预约",
    "明天上午",
    "一天三次",
    "没有好转",
    "好多了",
    "BMI 24",
    "阿司匹林",
    "二甲双胍",
    "不舒服",
    "心慌",
    "胸闷",
    "腰疼",
    "过敏",
    "医院",
];
const SIGNS: [&str; 4] = ["，", "。", " ", ""];

/// A generator of numbers, the same each time.
pub struct Dice(u64);

impl Dice {
    pub fn new() -> Self {
        Self(2016)
    }

    fn roll(&mut self, below: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % below
    }

    /// A text of 10 to 40 characters, one in fifty thousand with a rare word.
    pub fn text(&mut self) -> String {
        let mut text = String::new();
        for _ in 0..3 + self.roll(7) {
            // The later a word stands in the list, the rarer it is.
            let place = self.roll(WORDS.len()) * self.roll(WORDS.len()) / WORDS.len();
            text.push_str(WORDS[place]);
            text.push_str(SIGNS[self.roll(SIGNS.len())]);
        }
        if self.roll(50_000) == 0 {
            text.push_str("痛风石");
        }
        text
    }
}
