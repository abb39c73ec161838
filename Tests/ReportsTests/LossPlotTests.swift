import ConvNet
import Libc
import Testing

@testable import Reports

@Suite("LossPlot")
struct LossPlotTests {
  @Test("a falling loss goes from the highest block to the lowest, on one line")
  func line() {
    #expect(LossPlot.line([8, 4, 2, 1]) == "█▆▃▁")
    #expect(LossPlot.line([1, 1, 1]) == "▄▄▄")
    #expect(LossPlot.line([]) == "" && LossPlot.line([.nan, 0, -1]) == "")
    #expect(LossPlot.line((1...1000).map { Double($0) }, columns: 12).count == 12)
  }

  @Test(
    "on a terminal it goes from the top left to the bottom right, no line longer than it may be")
  func lines() {
    let text = LossPlot.lines((0..<100).map { 10 / Double($0 + 1) }, columns: 40, rows: 6)
    let lines = text.split(separator: "\n")
    #expect(lines.count == 6 && lines.allSatisfy { $0.count <= 40 })
    #expect(lines[0].hasPrefix(" 10 ┤") && lines[5].hasPrefix("0.1 ┤"))
    func first(_ line: Substring) -> Int? {
      line.drop { $0 != "┤" }.dropFirst().prefix { $0 == " " }.count
    }
    let starts = lines.compactMap(first)
    #expect(starts == starts.sorted() && starts[0] == 0)
    #expect(LossPlot.lines([1], columns: 40) == "" && LossPlot.lines([2, 1], columns: 9) == "")
  }
}

@Suite("Pages of trainings")
struct TrainingPageTests {
  static var report: ClassificationReport {
    var matrix = ConfusionMatrix(classes: 3)
    for (place, count) in [8, 2, 0, 1, 4, 5, 0, 0, 7].enumerated() {
      for _ in 0..<count { matrix.add(truth: place / 3, guess: place % 3) }
    }
    return ClassificationReport(matrix, classNames: ["a", "<b>", "c"])
  }

  @Test("the most confused pairs come first, with their share of the true class")
  func pairs() {
    #expect(
      Self.report.confusedPairs().rows == [
        ["<b>", "c", "5", "50.0 %"], ["a", "<b>", "2", "20.0 %"], ["<b>", "a", "1", "10.0 %"],
      ])
    #expect(Self.report.confusedPairs(atMost: 1).rows.count == 1)
  }

  @Test("blocks of a page are escaped, the confusion shaded by its share")
  func blocks() {
    var page = HTMLReport(title: "t")
    page.add(
      "A",
      [
        .headline("9 < 10"), .facts([("seed", "<1>")]), .confusion(Self.report),
        .folded("more & more", [.paragraph("inside")]), .gallery([(png: [1], text: "<i>")]),
        .drawings(["<svg/>"]),
      ])
    let text = page.text
    #expect(text.contains("<p class=\"large\">9 &lt; 10</p>"))
    #expect(text.contains("<dt class=\"faint\">seed</dt><dd>&lt;1&gt;</dd>"))
    #expect(text.contains("<th scope=\"row\">&lt;b&gt;</th>") && !text.contains("<b>"))
    #expect(text.contains("rgba(32, 99, 180, 0.600)\">7</td>"))
    #expect(text.contains("<details><summary>more &amp; more</summary>\n<p>inside</p>\n</details>"))
    #expect(text.contains("<img alt=\"&lt;i&gt;\" src=\"data:image/png;base64,AQ==\">"))
    #expect(!text.contains("http-equiv=\"refresh\""))
    page.refresh = 3
    #expect(page.text.contains("<meta http-equiv=\"refresh\" content=\"3\">"))
  }

  @Test("an axis of logarithms names round numbers, however far it reaches")
  func powers() {
    func names(_ low: Double, _ high: Double) -> [Double] {
      Axis(powers: [log10(low), log10(high)]).ticks.map { (pow(10, $0) * 1000).rounded() / 1000 }
    }
    #expect(names(0.01, 3) == [0.01, 0.1, 1, 10])
    #expect(names(0.3, 2.3) == [0.2, 0.5, 1, 2, 5])
    #expect(names(1.6, 2.2) == [1.5, 2, 2.5])
    #expect(names(1, 1).count >= 2)
  }

  @Test("drawings mark the best epoch, and draw the loss by its logarithm")
  func drawings() throws {
    var curves = SVGTests.curves
    curves.bestEpoch = 2
    curves.rates = [0.1, 0.05, 0.01]
    let drawings = curves.drawings
    #expect(drawings.count == 3)
    #expect(drawings.allSatisfy { $0.contains(">best: epoch 2</text>") })
    // 2, 1 and 0.5 lie equally far apart.
    let start = try #require(drawings[0].firstRange(of: "<polyline points=\""))
    var rest = drawings[0][start.upperBound...]
    // The first line is the mark.
    rest = rest[try #require(rest.firstRange(of: "<polyline points=\"")).upperBound...]
    let points = rest.prefix { $0 != "\"" }.split(separator: " ")
      .map { $0.split(separator: ",").compactMap { Double($0) } }
    #expect(points.count == 3)
    #expect(abs((points[1][1] - points[0][1]) - (points[2][1] - points[1][1])) < 0.1)
  }
}
