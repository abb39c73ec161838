import ConvNet
import Raster
import Text

/// Whether a model's probabilities can be trusted, and for two classes what each threshold costs.
public struct EvaluationCharts: Sendable {
  /// Reliability; for two classes also ROC, and precision over recall.
  public let charts: [LineChart]

  /// - Parameter classNames: as they are shown.
  public init(_ evaluation: Evaluation, classNames: [String]) {
    var charts = [Self.reliability(evaluation.calibration)]
    if let curves = evaluation.curves, classNames.count == 2 {
      charts += Self.charts(curves, positive: classNames[1])
    }
    self.charts = charts
  }

  private static let most = 500

  private static func reliability(_ calibration: Calibration) -> LineChart {
    let bins = calibration.bins.filter { $0.count > 0 }
    return chart(
      "Reliability (error \(NumberText.percent(calibration.error, decimals: 2)))",
      "probability of the answer", "share that is right",
      [
        .init("the model", points: bins.map { Point($0.probability, $0.accuracy) }),
        .init("as it should be", points: [Point(0, 0), Point(1, 1)], isDashed: true),
      ])
  }

  private static func charts(_ curves: ThresholdCurves, positive: String) -> [LineChart] {
    let points = curves.thinned(to: most)
    let roc = chart(
      "ROC (area \(NumberText.fixed(curves.rocArea, 4)))", "others called \(positive)",
      "\(positive) called so",
      [
        .init(
          "the model",
          points: [Point(0, 0)] + points.map { Point(curves.fallOut($0), curves.recall($0)) }),
        .init("by chance", points: [Point(0, 0), Point(1, 1)], isDashed: true),
      ])
    let share = Double(curves.positives) / Double(curves.positives + curves.negatives)
    let precision = chart(
      "Precision (average \(NumberText.fixed(curves.averagePrecision, 4)))",
      "recall of \(positive)", "precision",
      [
        .init(
          "the model",
          points: [Point(0, points.first.map(curves.precision) ?? 1)]
            + points.map { Point(curves.recall($0), curves.precision($0)) }),
        .init("by chance", points: [Point(0, share), Point(1, share)], isDashed: true),
      ])
    return [roc, precision]
  }

  private static func chart(
    _ title: String, _ x: String, _ y: String, _ series: [LineChart.Series]
  ) -> LineChart {
    var chart = LineChart(title: title, xLabel: x, yLabel: y, series: series)
    chart.wholeX = false
    (chart.yLower, chart.yUpper) = (0, 1)
    (chart.width, chart.height) = (440, 330)
    return chart
  }

  /// An SVG element a chart, for a page.
  public var drawings: [String] { charts.map(\.svg) }

  /// All charts side by side, for a file.
  public func picture(scale: Int = 2) -> Picture {
    let width = charts.reduce(0) { $0 + $1.width }
    var canvas = Canvas(width: width * scale, height: charts[0].height * scale)
    var x = 0
    for chart in charts {
      chart.draw(on: &canvas, x: Double(x * scale), scale: Double(scale))
      x += chart.width
    }
    return canvas.picture
  }
}
