// The Chinese of what the back office alone says; its page adds it to that of all pages.

import { CHINESE } from "./chinese.js";

Object.assign(CHINESE, {
  "{0} accounts were made.": "已新建 {0} 个账号。",
  "{0} can be imported; {1} lines cannot.": "可导入 {0} 人，{1} 行有误不导入。",
  "{0}, in seconds": "{0}（秒）",
  "A CSV file, whose first line names its columns: {0}.": "请选择 CSV 文件，首行为列名：{0}。",
  "A list with their passwords is saved first. It opens every account: keep it safe.":
    "导入前会先保存一份含初始密码的名单，请妥善保管。",
  "Answered": "已回复",
  "Applied for": "申请",
  "as the file says": "以文件为准",
  "Asked": "提问",
  "Columns that are not used: {0}": "未使用的列：{0}",
  "Count": "统计",
  "Ended": "已解除",
  "Example": "导入示例",
  "First passwords": "初始密码名单",
  "Half answered within": "回复用时中位数",
  "How far it has come": "导入进度",
  "Import from a file": "从文件导入",
  "Import {0} people": "导入 {0} 人",
  "It is being counted…": "正在统计…",
  "Line": "行",
  "Lines whose account was there already: {0}": "以下各行的账号原已存在，未作改动：{0}",
  "Nine of ten within": "九成回复用时",
  "Questions": "提问",
  "Questions of residents": "居民提问",
  "Refused": "未通过",
  "Reports": "报表",
  "Save an example": "下载示例文件",
  "Save as CSV": "保存为 CSV",
  "Save the list once more": "再次保存名单",
  "Signed": "签约生效",
  "The file is being checked…": "正在检查文件…",
  "The newest {0} of each kind at most; older ones are left out.": "每类最多最近 {0} 条，更早的未列出。",
  "What is wrong": "问题",
  "Who is imported": "导入名单",
  "Without a password, one is made up. 5,000 lines at most, in UTF-8 or GB 18030.":
    "未填写密码的将自动生成。最多 5000 行，编码为 UTF-8 或 GB 18030。",
});
