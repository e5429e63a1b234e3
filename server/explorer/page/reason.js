// COmanage Registry says what happened in the reason phrase of the status line ("201
// Added"), which Swagger UI leaves out: here it stands below the status.
export const reasonPlugin = () => ({
  wrapComponents: {
    liveResponse: (LiveResponse, { React: { createElement: h } }) => (props) => {
      const { response } = props;
      const phrase = response.get("statusText");
      const status = h("div", null, response.get("status"), h("div", { className: "reason" }, phrase));
      return h(LiveResponse, { ...props, response: phrase ? response.set("status", status) : response });
    },
  },
});
