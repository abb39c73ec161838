import Raster

/// A pooling over a batch, NHWC; zeros of the padding never win and are never counted.
public final class PoolingBlock: Sendable {
  public enum Kind: Sendable, Hashable, CaseIterable {
    case maximum
    case minimum
    /// Divided by the samples that lie inside the image.
    case average
  }

  public let kind: Kind
  /// Shapes of the input (≥ 1).
  public let height: Int
  public let width: Int
  public let channels: Int
  public let window: PoolShape
  /// Samples of padding above and left, below and right (less than the window).
  public let before: (y: Int, x: Int)
  public let after: (y: Int, x: Int)
  public let outputHeight: Int
  public let outputWidth: Int

  public init(
    _ kind: Kind, height: Int, width: Int, channels: Int, window: PoolShape,
    before: (y: Int, x: Int) = (0, 0), after: (y: Int, x: Int) = (0, 0)
  ) {
    self.kind = kind
    self.height = height
    self.width = width
    self.channels = channels
    self.window = window
    self.before = before
    self.after = after
    outputHeight =
      floorDivide(height + before.y + after.y - window.windowHeight, window.strideY) + 1
    outputWidth = floorDivide(width + before.x + after.x - window.windowWidth, window.strideX) + 1
    precondition(outputHeight >= 1 && outputWidth >= 1, "a pooling window fits")
    precondition(window.windowHeight * window.windowWidth <= 256, "the choice fits a byte")
    precondition(
      max(before.y, after.y) < window.windowHeight && max(before.x, after.x) < window.windowWidth,
      "every window touches the image")
  }

  /// Elements of one input image.
  public var inputCount: Int { height * width * channels }
  /// Elements of the output of one image.
  public var outputCount: Int { outputHeight * outputWidth * channels }
  /// Elements of `choices` for one image: 0 for an average.
  public var choiceCount: Int { kind == .average ? 0 : outputCount }

  /// - Parameters:
  ///   - choices: images · `choiceCount`, written: the index within the window; or nil.
  public func forward(
    images: Int, input: UnsafePointer<Float>, output: UnsafeMutablePointer<Float>,
    choices: UnsafeMutablePointer<UInt8>?, team: ThreadTeam
  ) {
    nonisolated(unsafe) let (input, output, choices) = (input, output, choices)
    // Safety: each task writes the output of its own image.
    team.run(images) { image in
      let input = input + image * self.inputCount
      let output = output + image * self.outputCount
      let choices = choices.map { $0 + image * self.choiceCount }
      self.forEachWindow { index, rows, columns, origin in
        for c in 0..<self.channels {
          var sum: Float = 0
          var best: Float = self.kind == .minimum ? .infinity : -.infinity
          var choice = 0
          for y in rows {
            for x in columns {
              let value = input[(y * self.width + x) * self.channels + c]
              sum += value
              if self.kind == .minimum ? value < best : value > best {
                best = value
                choice = (y - origin.y) * self.window.windowWidth + x - origin.x
              }
            }
          }
          if self.kind == .average {
            output[index * self.channels + c] = sum / Float(rows.count * columns.count)
          } else {
            output[index * self.channels + c] = best
            choices?[index * self.channels + c] = UInt8(choice)
          }
        }
      }
    }
  }

  /// - Parameter inputGradient: images · `inputCount`, overwritten.
  public func backward(
    images: Int, choices: UnsafePointer<UInt8>?, outputGradient: UnsafePointer<Float>,
    inputGradient: UnsafeMutablePointer<Float>, team: ThreadTeam
  ) {
    nonisolated(unsafe) let (choices, outputGradient, inputGradient) = (
      choices, outputGradient, inputGradient
    )
    // Safety: each task writes the gradient of its own image.
    team.run(images) { image in
      let result = inputGradient + image * self.inputCount
      let gradient = outputGradient + image * self.outputCount
      let choices = choices.map { $0 + image * self.choiceCount }
      result.update(repeating: 0, count: self.inputCount)
      self.forEachWindow { index, rows, columns, origin in
        for c in 0..<self.channels {
          let value = gradient[index * self.channels + c]
          if self.kind == .average {
            let share = value / Float(rows.count * columns.count)
            for y in rows {
              for x in columns { result[(y * self.width + x) * self.channels + c] += share }
            }
          } else {
            let choice = Int(choices![index * self.channels + c])
            let y = origin.y + choice / self.window.windowWidth
            let x = origin.x + choice % self.window.windowWidth
            result[(y * self.width + x) * self.channels + c] += value
          }
        }
      }
    }
  }

  /// Calls `body` with the index of each window, the rows and columns of it that lie inside the
  /// image, and its corner.
  private func forEachWindow(
    _ body: (Int, Range<Int>, Range<Int>, (y: Int, x: Int)) -> Void
  ) {
    for y in 0..<outputHeight {
      let top = y * window.strideY - before.y
      for x in 0..<outputWidth {
        let left = x * window.strideX - before.x
        body(
          y * outputWidth + x, max(top, 0)..<min(top + window.windowHeight, height),
          max(left, 0)..<min(left + window.windowWidth, width), (top, left))
      }
    }
  }
}
