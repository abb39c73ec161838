import ConvNet
import Raster
import Text

extension ClassificationReport {
  /// The confusion matrix as a heat map: one row per true class, one column per answer.
  ///
  /// The darker a cell, the larger its share of the row. Up to 30 classes the counts stand in the
  /// cells, up to 200 the names beside the rows and columns, in Latin letters; names of other
  /// scripts are their numbers, from 0.
  ///
  /// - Parameter scale: 1 for letters of 13 pixels and more; 2 for sharper pictures.
  public func picture(title: String, scale: Int = 2) -> Picture {
    ConfusionChart(report: self, title: title, pixel: Double(scale)).canvas().picture
  }
}

/// Sizes and places of the drawing of a confusion matrix.
private struct ConfusionChart {
  let matrix: ConfusionMatrix
  let title: String
  /// Pixels of the drawing in a pixel at scale 1.
  let pixel: Double
  private let names: [String]
  /// Length of the longest name, in pixels.
  private let longest: Double
  /// Side of a cell, in pixels.
  private let cell: Double
  /// Whether names are wider than a column and so are written upwards.
  private let turned: Bool
  private let left: Double
  private let top: Double

  init(report: ClassificationReport, title: String, pixel: Double) {
    (matrix, self.title, self.pixel) = (report.confusion, title, pixel)
    let classes = matrix.classes
    let style = Canvas.TextStyle(size: (classes > 30 ? 13 : 14) * pixel)
    names =
      classes > 200
      ? []
      : report.classNames.enumerated().map { number, name in
        // A number says more than boxes; the report has the names as they are.
        Canvas.fitting(
          StrokeFont.hasWords(for: name) ? name : "class \(number)", 150 * pixel, style)
      }
    longest = names.map { Canvas.length($0, style) }.max() ?? 0
    let number = Canvas.TextStyle(size: 13 * pixel)
    let widest = matrix.counts.lazy.map { Canvas.length(NumberText.grouped($0), number) }
    cell =
      switch classes {
      case ...30:
        max(36 * pixel, (widest.max()! + 12 * pixel).rounded(.up), 220 * pixel / Double(classes))
      case ...200: 17 * pixel
      default: max(1, (1700 * pixel / Double(classes)).rounded(.down))
      }
    turned = longest > cell - 6 * pixel
    (left, top) = ((64 * pixel + longest).rounded(), 58 * pixel)
  }

  private var side: Double { cell * Double(matrix.classes) }

  func canvas() -> Canvas {
    let foot = (turned ? longest : 14 * pixel) + 52 * pixel
    let heading = Canvas.TextStyle(size: 17 * pixel, bold: true)
    let width = max(left + side + 28 * pixel, Canvas.length(title, heading) + 48 * pixel)
    var canvas = Canvas(width: Int(width), height: Int(top + side + foot))
    canvas.text(title, at: Point(24 * pixel, 32 * pixel), heading)
    drawCells(on: &canvas)
    if matrix.classes <= 200 { drawGrid(on: &canvas) }
    drawNames(on: &canvas)
    var label = Canvas.TextStyle(size: 14 * pixel, color: .faint)
    canvas.text(
      "predicted class", at: Point(left + side / 2, top + side + foot - 14 * pixel), label,
      anchor: .middle)
    label.upright = true
    canvas.text("true class", at: Point(28 * pixel, top + side / 2), label, anchor: .middle)
    return canvas
  }

  private func drawCells(on canvas: inout Canvas) {
    for row in 0..<matrix.classes {
      let support = matrix.score(row).support
      for column in 0..<matrix.classes where matrix[row, column] > 0 {
        let count = matrix[row, column]
        let share = Double(count) / Double(support)
        // Some of the root brings out the few mistakes beside the many hits.
        let color = ColorMap.blues((share + share.squareRoot()) / 2)
        let (x, y) = (left + Double(column) * cell, top + Double(row) * cell)
        canvas.fill(x: x, y: y, width: cell, height: cell, color)
        if matrix.classes <= 30 {
          let style = Canvas.TextStyle(
            size: 13 * pixel, color: color.brightness < 0.55 ? .white : .ink)
          canvas.text(
            NumberText.grouped(count), at: Point(x + cell / 2, y + cell / 2), style,
            anchor: .middle, centered: true)
        }
      }
    }
  }

  private func drawGrid(on canvas: inout Canvas) {
    for index in 0...matrix.classes {
      let place = Double(index) * cell - pixel / 2
      canvas.fill(x: left + place, y: top, width: pixel, height: side, .grid)
      canvas.fill(x: left, y: top + place, width: side, height: pixel, .grid)
    }
  }

  private func drawNames(on canvas: inout Canvas) {
    let style = Canvas.TextStyle(size: (matrix.classes > 30 ? 13 : 14) * pixel)
    var below = style
    below.upright = turned
    for (index, text) in names.enumerated() {
      let middle = (Double(index) + 0.5) * cell
      canvas.text(
        text, at: Point(left - 10 * pixel, top + middle), style, anchor: .end, centered: true)
      canvas.text(
        text, at: Point(left + middle, top + side + (turned ? 10 : 22) * pixel), below,
        anchor: turned ? .end : .middle, centered: turned)
    }
  }
}
