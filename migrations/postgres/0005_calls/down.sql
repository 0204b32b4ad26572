DROP TABLE video_call_party;
DROP TABLE video_call;
