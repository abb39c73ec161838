import Raster

/// Loss and accuracy of a training, epoch by epoch, side by side.
public struct TrainingCurves: Sendable, Equatable {
  public var title: String
  /// `[epochs]`; what was not measured is NaN.
  public var trainLoss: [Double]
  public var testLoss: [Double]
  /// `[epochs]`, shares of 1.
  public var trainAccuracy: [Double]
  public var testAccuracy: [Double]
  /// What the second curve stands for: "test" or "validation".
  public var testName: String
  /// The rate of each epoch's last step; empty where it is not drawn.
  public var rates: [Double] = []
  /// The epoch whose model is kept, from 1, or nil.
  public var bestEpoch: Int?

  public init(
    title: String, trainLoss: [Double], testLoss: [Double], trainAccuracy: [Double],
    testAccuracy: [Double], testName: String = "test"
  ) {
    self.title = title
    self.trainLoss = trainLoss
    self.testLoss = testLoss
    self.trainAccuracy = trainAccuracy
    self.testAccuracy = testAccuracy
    self.testName = testName
  }

  /// Two charts: loss on the left, accuracy in per cent on the right.
  public func picture(scale: Int = 2) -> Picture {
    var canvas = Canvas(width: Self.width * scale, height: Self.height * scale)
    draw(on: &canvas, scale: Double(scale))
    return canvas.picture
  }

  /// The same charts as an SVG element.
  public var svg: String {
    var svg = SVG(width: Self.width, height: Self.height, label: "Loss and accuracy")
    draw(on: &svg, scale: 1)
    return svg.element
  }

  /// Loss by its logarithm, accuracy and learning rate, an SVG element each, for a page: the best epoch
  /// is marked.
  public var drawings: [String] {
    let loss = LineChart(
      title: "Loss", xLabel: "epoch", yLabel: "cross-entropy", series: series(trainLoss, testLoss))
    let accuracy = LineChart(
      title: "Accuracy", xLabel: "epoch", yLabel: "per cent",
      series: series(trainAccuracy, testAccuracy, factor: 100))
    let rate = LineChart(
      title: "Learning rate", xLabel: "epoch", yLabel: "at the epoch's end",
      series: [LineChart.Series("", values: rates)])
    var charts = [loss, accuracy] + (rates.contains(where: \.isFinite) ? [rate] : [])
    charts[0].hasPowersY = true
    return charts.map { chart in
      var chart = chart
      (chart.width, chart.height) = (440, 300)
      chart.mark = bestEpoch.map { (Double($0), "best: epoch \($0)") }
      return chart.svg
    }
  }

  /// Size at scale 1, in pixels.
  private static let (width, height) = (1120, 400)

  private func draw(on surface: inout some DrawingSurface, scale: Double) {
    var loss = LineChart(
      title: title.isEmpty ? "Loss" : title + ": loss", xLabel: "epoch", yLabel: "cross-entropy",
      series: series(trainLoss, testLoss))
    loss.yLower = 0
    var accuracy = LineChart(
      title: title.isEmpty ? "Accuracy" : title + ": accuracy", xLabel: "epoch",
      yLabel: "per cent", series: series(trainAccuracy, testAccuracy, factor: 100))
    let known = (trainAccuracy + testAccuracy).filter(\.isFinite)
    if (known.max() ?? 0) > 0.9 { accuracy.yUpper = 100 }
    let half = Self.width / 2
    (loss.width, loss.height) = (half, Self.height)
    (accuracy.width, accuracy.height) = (half, Self.height)
    loss.draw(on: &surface, x: 0, scale: scale)
    accuracy.draw(on: &surface, x: Double(half) * scale, scale: scale)
  }

  private func series(
    _ train: [Double], _ test: [Double], factor: Double = 1
  ) -> [LineChart.Series] {
    [("train", train), (testName, test)].filter { $0.1.contains(where: \.isFinite) }
      .map { LineChart.Series($0.0, values: $0.1.map { $0 * factor }) }
  }
}
