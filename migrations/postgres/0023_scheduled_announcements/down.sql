DROP TABLE scheduled_announcement;
