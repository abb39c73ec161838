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
    var loss = LineChart(
      title: title.isEmpty ? "Loss" : title + ": loss", xLabel: "epoch", yLabel: "cross-entropy",
      series: series(trainLoss, testLoss))
    loss.yLower = 0
    var accuracy = LineChart(
      title: title.isEmpty ? "Accuracy" : title + ": accuracy", xLabel: "epoch",
      yLabel: "per cent", series: series(trainAccuracy, testAccuracy, factor: 100))
    let known = (trainAccuracy + testAccuracy).filter(\.isFinite)
    if (known.max() ?? 0) > 0.9 { accuracy.yUpper = 100 }
    (loss.width, accuracy.width) = (560, 560)
    var canvas = Canvas(width: 1120 * scale, height: loss.height * scale)
    loss.draw(on: &canvas, x: 0, scale: Double(scale))
    accuracy.draw(on: &canvas, x: 560 * Double(scale), scale: Double(scale))
    return canvas.picture
  }

  private func series(
    _ train: [Double], _ test: [Double], factor: Double = 1
  ) -> [LineChart.Series] {
    [("train", train), (testName, test)].filter { $0.1.contains(where: \.isFinite) }
      .map { LineChart.Series($0.0, values: $0.1.map { $0 * factor }) }
  }
}
