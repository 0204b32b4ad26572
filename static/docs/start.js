// Shows the description of the interface. What is tried out goes to this server, and nothing goes elsewhere.
SwaggerUIBundle({ url: "/openapi.json", dom_id: "#description", deepLinking: true, validatorUrl: null });
