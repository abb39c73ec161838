import Testing
import Text

@testable import Reports

@Suite("WebPage")
struct WebPageTests {
  @Test(
    "data cannot end their script or begin a tag, and mean the same",
    arguments: WebPage.Kind.allCases)
  func inert(kind: WebPage.Kind) throws {
    let data: JSON = ["name": "</script><!--<script>&amp;\u{2028}", "n": [1, 2.5, nil]]
    let text = WebPage.inert(data)
    #expect(!text.contains { "<>&".contains($0) })
    #expect(JSON(text.utf8) == data)
    let page = WebPage(kind, title: "a <b> & \"c\"", data: data).text
    #expect(page.contains("<title>a &lt;b&gt; &amp; &quot;c&quot;</title>"))
    // As many scripts end as begin: the data's is one of them.
    let begun = page.ranges(of: "<script").count
    #expect(page.ranges(of: "</script>").count == begun && begun >= 3)
  }
}

@Suite("ContactSheet")
struct ContactSheetTests {
  @Test("captions break after blanks and dashes, and end in an ellipsis where they are too long")
  func captions() {
    #expect(ContactSheet.lines("sharpen", width: 200) == ["sharpen"])
    #expect(ContactSheet.lines("", width: 200).isEmpty)
    let broken = ContactSheet.lines("pillow-edge-enhance", width: 110)
    #expect(broken.joined() == "pillow-edge-enhance" && broken[0].hasSuffix("-"))
    let long = ContactSheet.lines(String(repeating: "0,1,", count: 200), width: 100)
    #expect(long.count == 3 && long[2].hasSuffix("…"))
    #expect(ContactSheet.lines("WWWW", width: 1).count == 3)
  }

  @Test("a few tiles stand in one row, many in about a square")
  func columns() {
    #expect([1, 2, 4, 5, 9, 10, 79].map(ContactSheet.columns) == [1, 2, 4, 3, 3, 4, 10])
  }
}
