import Raster
import Text

/// The kernels of a layer, or one kernel of a filter.
public struct KernelPictures: Sendable, Equatable {
  public var title: String
  /// Rows and columns of a kernel, in taps (≥ 1).
  public let height: Int
  public let width: Int
  /// Channels that a kernel sums over: 3 are drawn as colours, any other number one by one.
  public let channels: Int
  /// `[count, height, width, channels]`
  public let weights: [Float]

  public init(title: String, height: Int, width: Int, channels: Int, weights: [Float]) {
    precondition(height >= 1 && width >= 1 && channels >= 1, "a kernel has at least one tap")
    precondition(weights.count % (height * width * channels) == 0, "whole kernels")
    self.title = title
    self.height = height
    self.width = width
    self.channels = channels
    self.weights = weights
  }

  /// Number of kernels.
  public var count: Int { weights.count / (height * width * channels) }

  /// The kernels as a grid, numbered from 0, each on its own scale.
  ///
  /// With 3 channels a tap is a colour: gray is zero, and more red means a larger weight for red.
  /// Otherwise each channel of each kernel is a tile (`kernel.channel`): blue is negative, white
  /// zero, red positive.
  ///
  /// - Parameter side: about the side of a kernel in the picture, in pixels.
  public func picture(side: Int = 72) -> Picture {
    let taps = height * width
    var tiles: [TileGrid.Tile] = []
    for kernel in 0..<count {
      let all = weights[kernel * taps * channels..<(kernel + 1) * taps * channels]
      let largest = Double(all.lazy.filter(\.isFinite).map(abs).max() ?? 0)
      func share(_ weight: Float) -> Double {
        largest > 0 ? 0.5 + 0.5 * Double(weight) / largest : 0.5
      }
      func at(_ tap: Int, _ channel: Int) -> Double {
        share(all[all.startIndex + tap * channels + channel])
      }
      if channels == 3 {
        let colors = (0..<taps).map { tap in
          let bytes = (0..<3).map { UInt8(max(0, min(255, (at(tap, $0) * 255).rounded()))) }
          return Color(bytes[0], bytes[1], bytes[2])
        }
        tiles.append(.init(columns: width, colors: colors, label: String(kernel)))
      } else {
        for channel in 0..<channels {
          tiles.append(
            .init(
              columns: width,
              colors: (0..<taps).map { ColorMap.diverging(at($0, channel)) },
              label: channels == 1 ? String(kernel) : "\(kernel).\(channel)"))
        }
      }
    }
    let what = "\(count) \(count == 1 ? "kernel" : "kernels") of \(height)×\(width)×\(channels)"
    return TileGrid(
      title: title,
      subtitle: what + (channels == 3 ? ", gray is zero" : ", blue negative, red positive"),
      tiles: tiles
    ).canvas(side: side).picture
  }
}

/// One kernel, large, with its numbers.
public struct KernelChart: Sendable, Equatable {
  public var title: String
  public var subtitle: String
  /// `[height, width]`
  public let coefficients: [Double]
  public let height: Int
  public let width: Int

  public init(
    title: String, subtitle: String = "", height: Int, width: Int, coefficients: [Double]
  ) {
    precondition(height >= 1 && width >= 1, "a kernel has at least one tap")
    precondition(coefficients.count == height * width, "a coefficient for each tap")
    self.title = title
    self.subtitle = subtitle
    self.height = height
    self.width = width
    self.coefficients = coefficients
  }

  /// The kernel as squares, blue for negative, white for zero, red for positive coefficients; the
  /// numbers stand in them where there is room.
  public func picture(scale: Int = 2) -> Picture {
    let pixel = Double(scale)
    let number = Canvas.TextStyle(size: 14 * pixel)
    let heading = Canvas.TextStyle(size: 17 * pixel, bold: true)
    let small = Canvas.TextStyle(size: 14 * pixel, color: .faint)
    // Numbers need this much room at least; what has more coefficients shows none.
    let mayShowNumbers = 44 * max(height, width) <= 900
    let texts =
      mayShowNumbers
      ? coefficients.map { NumberText.short($0, digits: 3).replacing("-", with: "−") } : []
    let widest = texts.map { Canvas.length($0, number) }.max() ?? 0
    let largest = Double(max(height, width))
    let roomy = max(44 * pixel, widest + 12 * pixel)
    let showsNumbers = mayShowNumbers && roomy * largest <= 900 * pixel
    let cell =
      showsNumbers ? roomy.rounded(.up) : max(1, (420 * pixel / largest).rounded(.down))
    let (left, top) = (24 * pixel, (subtitle.isEmpty ? 54 : 76) * pixel)
    let (wide, high) = (cell * Double(width), cell * Double(height))
    let lettering = max(Canvas.length(title, heading), Canvas.length(subtitle, small))
    var canvas = Canvas(
      width: Int(max(wide, lettering) + 2 * left), height: Int(top + high + left))
    canvas.text(title, at: Point(left, 32 * pixel), heading)
    canvas.text(subtitle, at: Point(left, 56 * pixel), small)
    let scaleTo = coefficients.filter(\.isFinite).map(abs).max() ?? 0
    for (index, value) in coefficients.enumerated() {
      let color = ColorMap.diverging(scaleTo > 0 ? 0.5 + 0.5 * value / scaleTo : 0.5)
      let (x, y) = (
        left + Double(index % width) * cell, top + Double(index / width) * cell
      )
      canvas.fill(x: x, y: y, width: cell, height: cell, color)
      if showsNumbers {
        var style = number
        style.color = color.brightness < 0.55 ? .white : .ink
        canvas.text(
          texts[index], at: Point(x + cell / 2, y + cell / 2), style, anchor: .middle,
          centered: true)
      }
    }
    if cell >= 6 * pixel {
      for column in 0...width {
        canvas.fill(
          x: left + Double(column) * cell - pixel / 2, y: top, width: pixel, height: high, .grid)
      }
      for row in 0...height {
        canvas.fill(
          x: left, y: top + Double(row) * cell - pixel / 2, width: wide, height: pixel, .grid)
      }
    }
    canvas.frame(
      x: left - pixel / 2, y: top - pixel / 2, width: wide + pixel, height: high + pixel,
      thickness: pixel, .line)
    return canvas.picture
  }
}
