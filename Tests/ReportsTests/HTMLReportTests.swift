import Reports
import Testing

@Suite("HTMLReport")
struct HTMLReportTests {
  @Test("a page holds its texts, tables and pictures, escaped")
  func page() {
    var table = TextTable([.init("a<b"), .init("n", .right)])
    table.add(["x & y", "1"])
    var report = HTMLReport(title: "cats & \"dogs\"")
    report.add(
      "Results",
      [
        .paragraph("1 < 2"), .table(table), .lines("a\n  b"),
        .picture(png: [0, 1, 2, 255], text: "curve", width: 560), .drawing(svg: "<svg/>"),
      ])
    let page = report.text
    #expect(page.hasPrefix("<!DOCTYPE html>\n"))
    #expect(page.contains("<title>cats &amp; &quot;dogs&quot;</title>"))
    #expect(page.contains("<h2>Results</h2>\n<p>1 &lt; 2</p>\n"))
    #expect(
      page.contains(
        "<tr><th scope=\"col\">a&lt;b</th><th scope=\"col\" class=\"number\">n</th></tr>"))
    #expect(page.contains("<tr><td>x &amp; y</td><td class=\"number\">1</td></tr>"))
    #expect(page.contains("<pre>a\n  b</pre>"))
    #expect(
      page.contains("<img alt=\"curve\" width=\"560\" src=\"data:image/png;base64,AAEC/w==\">"))
    #expect(page.contains("<p><svg/></p>\n"))
    #expect(page.hasSuffix("</html>\n"))
  }
}
