DROP TABLE quick_reply;
