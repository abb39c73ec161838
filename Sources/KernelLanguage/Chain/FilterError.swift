import Raster
import Text

/// What a chain of filters refuses, and what to do about it.
public enum FilterError: Error, Equatable, Sendable {
  /// No window fits into the padded row (`axis` "row") or column of a stage.
  case windowTooLarge(stage: String, window: Int, padded: Int, axis: String)
  /// A stride, a dilation or a pooling window below 1.
  case notPositive(stage: String, what: String, value: Int)
  /// A tap, a scale or an offset that is no finite number.
  case notFinite(stage: String, what: String)
  /// A scale of 0.
  case zeroScale(stage: String)
  /// An anchor that is no tap of the kernel.
  case anchorOutside(stage: String, x: Int, y: Int, width: Int, height: Int)
  /// A kernel that sums over another number of channels than the picture has.
  case depthMismatch(stage: String, depth: Int, channels: Int)
  /// A border of another number of colours than the picture has.
  case borderColor(stage: String, values: Int, channels: Int)
  /// A set of kernels whose sizes, anchors or depths differ in a way that cannot be combined.
  case mixedSet(stage: String)
  /// Numbers too large for exact arithmetic.
  case tooLarge(stage: String)
  case sumsTooLarge(stage: String)
  /// More multiplications than anybody waits for.
  case tooMuchWork(stage: String, operations: Double)
  /// More products and moves than anybody waits for, on numbers.
  case tooManySteps(stage: String, steps: Double, most: Double)
  /// More products than anybody reads, to be explained.
  case tooManyTerms(stage: String, terms: Double, most: Double)
  /// A result of more numbers than anybody looks at.
  case tooManyNumbers(stage: String, numbers: Double, most: Double)
  /// A window of a pooling that meets no number at all; `axis` is "row" or "column", of the result, from 1.
  case emptyWindow(stage: String, axis: String, index: Int)
  /// A channel that the picture does not have.
  case noSuchChannel(index: Int, channels: Int)
  /// A choice that needs colour, on a picture without.
  case noColor(what: String)
  /// A stage that makes more pixels than can be held.
  case resultTooLarge(stage: String)
  /// A part of a picture that lies outside of it.
  case nothingLeft(stage: String, width: Int, height: Int)
  /// Something that a stage cannot take.
  case unfit(stage: String, what: String, advice: String)
  /// A region that holds nothing of the picture.
  case regionOutside(picture: PictureShape)
  /// A mask of another size than the picture's.
  case maskShape(mask: PictureShape, picture: PictureShape)
  /// A part of the picture that a result of another shape is to take.
  case selectionShape(picture: PictureShape, result: PictureShape)
  /// Results of a part of the picture that are to be spread over the whole range.
  case spreadSelection
  /// A filter without weights, asked for on numbers.
  case picturesOnly(stage: String)
  /// An option that a filter has no use for.
  case meaningless(stage: String, option: String)
  /// The sink expects other rows than the chain yields.
  case wrongSink(expected: PictureShape, got: PictureShape)
  /// The caller asked to stop.
  case cancelled
}

/// Size and channels, for messages.
public struct PictureShape: Equatable, Sendable, CustomStringConvertible {
  public let width: Int
  public let height: Int
  public let channels: Int

  package init(width: Int, height: Int, channels: Int) {
    self.width = width
    self.height = height
    self.channels = channels
  }

  public var description: String { "\(width)x\(height) with \(channels) channels" }
}

extension FilterError {
  /// Multiplications of a stage that are accepted: hours on all processors.
  package static let mostOperations = 1e14
}

extension FilterError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .windowTooLarge(_, let window, let padded, let axis):
      "the kernel spans \(window) samples but the padded \(axis) has only \(padded); "
        + "use a smaller kernel or another --padding"
    case .notPositive(let stage, let what, let value):
      "\(stage.shortened()): the \(what) is \(value); it must be 1 or more"
    case .notFinite(let stage, let what):
      "\(stage.shortened()): the \(what) is not a finite number; check the kernel"
    case .zeroScale(let stage):
      "\(stage.shortened()): the scale is 0; leave it out to divide by the kernel's sum"
    case .anchorOutside(let stage, let x, let y, let width, let height):
      "\(stage.shortened()): the anchor \(x),\(y) lies outside the \(width)x\(height) kernel; "
        + "use 0,0 to \(width - 1),\(height - 1)"
    case .depthMismatch(let stage, let depth, let channels):
      "\(stage.shortened()): the kernel sums over \(depth) channels but the picture has \(channels) "
        + "(alpha not counted); use a kernel of depth 1"
        + (channels > 1 ? " or \(channels)" : ", or a picture in colour")
    case .borderColor(let stage, let values, let channels):
      "\(stage.shortened()): the padding names \(values) colours, but the picture has \(channels) "
        + "(alpha not counted); name one level, or one a colour"
    case .mixedSet(let stage):
      "\(stage.shortened()): the kernels of a set must have the same depth and, with padding valid, "
        + "the same size and anchor"
    case .tooLarge(let stage):
      "\(stage.shortened()): the numbers of the kernel are too large for exact sums; divide them all"
    case .sumsTooLarge(let stage):
      "\(stage.shortened()): the window is too large for exact sums; use a smaller one"
    case .tooMuchWork(let stage, let operations):
      "\(stage.shortened()): this takes \(shortest(operations)) multiplications, more than "
        + "\(shortest(FilterError.mostOperations)); use a smaller kernel or a smaller picture"
    case .tooManySteps(let stage, let steps, let most):
      "\(stage.shortened()): this takes \(counted(steps)) products and moves of numbers, the limit is \(counted(most)); "
        + "use a smaller kernel, or less padding"
    case .tooManyTerms(let stage, let terms, let most):
      "\(stage.shortened()): that would be \(counted(terms)) products to explain, the limit is \(counted(most)); "
        + "use a smaller kernel, or leave the explanation out"
    case .tooManyNumbers(let stage, let numbers, let most):
      "\(stage.shortened()): the result would have \(counted(numbers)) numbers, the limit is \(counted(most)); "
        + "use less padding, a smaller kernel or dilation, or a larger stride"
    case .emptyWindow(let stage, let axis, let index):
      "\(stage.shortened()): windows of \(axis) \(index) of the result meet no number, so there is nothing to pool; "
        + "use less padding or a smaller dilation"
    case .noSuchChannel(let index, let channels):
      "there is no channel \(index) in a picture of \(channels); count from 0"
    case .noColor(let what):
      "\(what) needs a picture in RGB"
    case .resultTooLarge(let stage):
      "\(stage.shortened()): a side would have more than \(Resizing.longestSide) pixels; ask for a smaller one"
    case .nothingLeft(let stage, let width, let height):
      "\(stage.shortened()): nothing of the \(width)x\(height) picture lies there; ask for a part inside"
    case .unfit(let stage, let what, let advice):
      "\(stage.shortened()): \(what); \(advice)"
    case .regionOutside(let picture):
      "the region lies outside the picture of \(picture.width)x\(picture.height)"
    case .maskShape(let mask, let picture):
      "the mask has \(mask.width)x\(mask.height) pixels, the picture "
        + "\(picture.width)x\(picture.height); make them equal"
    case .selectionShape(let picture, let result):
      "the result (\(result)) cannot take a part of the picture (\(picture)); use filters that "
        + "keep size and channels, or drop --region and --mask"
    case .spreadSelection:
      "--range auto looks at results of another size than the picture's; drop it, or --region and --mask"
    case .picturesOnly(let stage):
      "\(stage.shortened()): this filter is there for pictures only; use apply"
    case .meaningless(let stage, let option):
      "\(stage.shortened()): \(option) means nothing there; leave it out"
    case .wrongSink(let expected, let got):
      "the filters yield \(expected), the output was opened as \(got)"
    case .cancelled:
      "stopped"
    }
  }
}

/// A count for people: whole, and in powers of ten where it is long.
private func counted(_ count: Double) -> String {
  count < 1e7 ? "\(Int(count))" : NumberText.short(count, digits: 3)
}
