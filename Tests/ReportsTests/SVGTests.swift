import Testing

@testable import Reports

@Suite("SVG")
struct SVGTests {
  static let curves = TrainingCurves(
    title: "a < b", trainLoss: [2, 1, 0.5], testLoss: [2, .nan, 1], trainAccuracy: [0.5, 0.75, 1],
    testAccuracy: [], testName: "validation")

  @Test("curves are lines, their texts are texts, escaped")
  func curves() {
    let svg = Self.curves.svg
    #expect(svg.hasPrefix("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 1120 400\""))
    #expect(svg.hasSuffix("</svg>\n"))
    for text in ["a &lt; b: loss", "cross-entropy", "epoch", "validation", "per cent"] {
      #expect(svg.contains(">\(text)</text>"), "\(text)")
    }
    #expect(!svg.contains("nan") && !svg.contains("inf"))
  }

  @Test("a curve goes where the same curve goes in pixels: from the top left to the bottom right")
  func places() throws {
    let chart = LineChart(
      title: "", xLabel: "", yLabel: "", series: [.init("", values: [2, 1, 0])])
    var svg = SVG(width: chart.width, height: chart.height, label: "")
    chart.draw(on: &svg, x: 0, scale: 1)
    let start = try #require(svg.element.firstRange(of: "<polyline points=\""))
    let line = svg.element[start.upperBound...].prefix { $0 != "\"" }
    let points = line.split(separator: " ").map {
      $0.split(separator: ",").compactMap { Double($0) }
    }
    #expect(points.count == 3)
    #expect(points[0][1] == 66 && points[2][1] == 344 && points[1][1] == 205)
    #expect(points[2][0] == 618 && points[0][0] < 100)
    #expect(svg.element.components(of: "<circle") == 3)
  }

  @Test("the last number below the axis stands within the chart, however long it is")
  func longNumbers() throws {
    var chart = LineChart(
      title: "", xLabel: "", yLabel: "",
      series: [.init("", points: [Point(0.000001, 0), Point(0.000002, 1)])])
    chart.wholeX = false
    var svg = SVG(width: chart.width, height: chart.height, label: "")
    chart.draw(on: &svg, x: 0, scale: 1)
    let start = try #require(svg.element.firstRange(of: "<polyline points=\""))
    let line = svg.element[start.upperBound...].prefix { $0 != "\"" }
    let last = try #require(line.split(separator: " ").last?.split(separator: ",").first)
    #expect(svg.element.contains(">0.0000020</text>"))
    let half = Canvas.length("0.0000020", Canvas.TextStyle(size: 14)) / 2
    #expect(try #require(Double(last)) + half <= Double(chart.width))
  }

  @Test("a point that is no number leaves a gap, a whole chart of them leaves the axes")
  func gaps() {
    var svg = SVG(width: 640, height: 400, label: "x & y")
    LineChart(
      title: "t", xLabel: "x", yLabel: "y",
      series: [.init("s", values: [1, .nan, 3, 2, .infinity])]
    ).draw(on: &svg, x: 0, scale: 1)
    // The legend's line, and two pieces of the curve.
    #expect(svg.element.components(of: "<polyline") == 3)
    #expect(svg.element.contains("aria-label=\"x &amp; y\""))
  }
}

extension String {
  fileprivate func components(of piece: String) -> Int { ranges(of: piece).count }
}
