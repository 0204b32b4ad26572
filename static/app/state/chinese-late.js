// The Chinese of texts of views that are loaded late, so that no page has to wait for it. A module that says one of
// them imports this file.

import { CHINESE } from "./chinese.js";

Object.assign(CHINESE, {
  "Add hours": "添加时间",
  "all day": "全天",
  "Allow the microphone at the sign beside the address, then record again.":
    "请在地址栏旁的图标中允许使用麦克风，然后重新录音。",
  "An automatic answer at other times": "其他时间来消息时自动回复",
  "Another camera": "切换摄像头",
  "Another program has the microphone. Close it, then record again.":
    "麦克风正被其他程序占用，请关闭后重新录音。",
  "As the week before": "沿用上一周",
  "Chat beside the call": "边聊边通话",
  "Day": "日期",
  "Delete {0}": "删除{0}",
  "Enlarge the call": "放大通话窗口",
  "from {0}": "{0} 起",
  "It cannot be played here.": "此设备无法播放。",
  "It must end after it begins.": "结束应晚于开始。",
  "left empty, until further notice": "不填则长期值班",
  "Messages with {0}": "与{0}的消息",
  "Monday to Friday": "星期一至星期五",
  "Nobody is on duty in this week.": "本周无人值班。",
  "not sent": "未发送",
  "not sent yet": "尚未发送",
  "Pause": "暂停",
  "Phone ends in {0}": "手机尾号 {0}",
  "Place": "播放位置",
  "Play the voice message": "播放语音",
  "Put somebody on duty": "安排值班",
  "Put somebody on duty: {0}": "安排值班：{0}",
  "Read": "查看消息",
  "Residents may ask for appointments in these hours only.": "设置后，居民只能申请这些时间。",
  "Save the voice message": "保存语音文件",
  "Take over": "沿用",
  "Take over the turns of the week before ({0})?": "沿用上一周的班次（{0} 个）？",
  "Take this turn off the roster": "取消这次值班",
  "The camera is not allowed; the call goes on without your picture.":
    "未允许使用摄像头，对方看不到您的画面。",
  "The doctor is on duty then already.": "该医生此时段已有值班。",
  "The line is bad.": "网络不佳。",
  "The other end cannot hear you. Allow the microphone at the sign beside the address, and call again.":
    "对方听不到您的声音。请点按地址栏旁的图标，允许使用麦克风，然后重新呼叫。",
  "The other end cannot hear you: another program has the microphone. Close it, and call again.":
    "对方听不到您的声音：麦克风被其他程序占用，请关闭该程序后重新呼叫。",
  "The other end cannot hear you: there is no microphone.": "对方听不到您的声音：没有可用的麦克风。",
  "The recording has ended. Hear it, send it or drop it.": "录音已结束。您可以试听、发送或放弃。",
  "The turn of {0}": "{0}的值班",
  "The week before has no turns to take over.": "上一周没有可沿用的班次。",
  "There is no microphone.": "没有可用的麦克风。",
  "These hours overlap others.": "与已有时间重叠。",
  "These hours go by the clock of {0}.": "以上时间按 {0} 计算。",
  "This browser cannot record.": "此浏览器不支持录音。",
  "Time": "时间",
  "Turns taken over: {0}": "已沿用 {0} 个班次。",
  "until {0}": "至 {0}",
  "When nobody looks at this page, also while it is closed.":
    "您没有查看此页面时通知您，页面关闭后也会通知。",
  "Who is on duty on each day, and answers where a doctor does not.":
    "每天由谁值班，在医生未回复时代为回复。",
  "You have set none: residents may ask for any time.": "尚未设置，居民可申请任何时间。",
  "There are older ones, which are not in it.": "更早的消息未包含在内。",
});
