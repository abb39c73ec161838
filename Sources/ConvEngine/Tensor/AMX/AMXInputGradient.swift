internal import CConvKernels
import Raster

/// The gradient of the input of a convolution by blocks of bfloat16: correlations of that of its output with
/// the turned weights, one for each class of samples that see the same taps.
final class AMXInputGradient: Sendable {
  /// Samples of the input that see the same taps.
  private struct Class {
    /// Where the first lies, and how far the next ones are.
    let row, column, stride: Int
    /// nil where they see none.
    let correlation: AMXCorrelation?
    /// The first sample of the frame that the first sees.
    let origin: Int
  }

  private let plan: ConvolutionPlan
  private let kernels: TensorKernels
  private let frame: AMXFrame
  private let classes: [Class]
  private let weights: AMXWeights
  private let scratch: Workspaces<TensorMemory<Float>>
  /// Images that are gone through together.
  let imagesAtOnce: Int

  init(_ plan: ConvolutionPlan, _ kernels: TensorKernels) {
    self.plan = plan
    self.kernels = kernels
    frame = AMXFrame(gradient: plan)
    let classes = plan.isStrided ? Self.strided(plan, frame) : [Self.whole(plan, frame)]
    self.classes = classes
    weights = AMXWeights(plan.shape, kernels, turned: true)
    imagesAtOnce = classes.compactMap { $0.correlation?.imagesAtOnce }.min() ?? 1
    scratch = Workspaces {
      TensorMemory(count: classes.compactMap { $0.correlation?.scratchCount }.max() ?? 0)
    }
  }

  /// All samples see all taps.
  private static func whole(_ plan: ConvolutionPlan, _ frame: AMXFrame) -> Class {
    let shape = plan.shape
    var taps: [AMXCorrelation.Tap] = []
    for j in 0..<shape.kernelHeight {
      for i in 0..<shape.kernelWidth {
        taps.append((j * shape.dilationY * frame.columns + i * shape.dilationX, taps.count))
      }
    }
    return Class(
      row: 0, column: 0, stride: 1,
      correlation: AMXCorrelation(
        height: shape.inputHeight, width: shape.inputWidth, frameWidth: frame.columns, stride: 1,
        channels: shape.outputChannels, filters: shape.inputChannels, taps: taps,
        places: taps.count),
      origin: shape.padTop * frame.columns + shape.padLeft)
  }

  /// Samples whose places leave the same rest see every stride-th tap.
  private static func strided(_ plan: ConvolutionPlan, _ frame: AMXFrame) -> [Class] {
    let (shape, stride) = (plan.shape, plan.shape.strideX)
    var classes: [Class] = []
    for restY in 0..<stride {
      for restX in 0..<stride {
        let row = (restY + stride - shape.padTop % stride) % stride
        let column = (restX + stride - shape.padLeft % stride) % stride
        guard row < shape.inputHeight, column < shape.inputWidth else { continue }
        let rows = plan.tapsOfRest(restY, shape.kernelHeight, stride)
        let columns = plan.tapsOfRest(restX, shape.kernelWidth, stride)
        let first = plan.firstPlace(restY, restX)
        var taps: [AMXCorrelation.Tap] = []
        for j in 0..<rows {
          for i in 0..<columns { taps.append((j * frame.columns + i, first + taps.count)) }
        }
        let correlation =
          taps.isEmpty
          ? nil
          : AMXCorrelation(
            height: (shape.inputHeight - row + stride - 1) / stride,
            width: (shape.inputWidth - column + stride - 1) / stride, frameWidth: frame.columns,
            stride: 1, channels: shape.outputChannels, filters: shape.inputChannels, taps: taps,
            places: plan.taps.count)
        // From the last tap to the first: from the first output to the last.
        let (down, across) = ((row + shape.padTop) / stride, (column + shape.padLeft) / stride)
        classes.append(
          Class(
            row: row, column: column, stride: stride, correlation: correlation,
            origin: (down - (rows - 1) + frame.top) * frame.columns + across - (columns - 1)
              + frame.left))
      }
    }
    return classes
  }

  /// Floats in whose place the frame of an image lies.
  var frameFloats: Int { frame.count() / 2 }

  func prepare(_ weights: UnsafePointer<Float>, _ team: ThreadTeam) {
    self.weights.packTurned(weights, places: plan.turnedPlaces, team)
  }

  private func halves(_ floats: UnsafeMutablePointer<Float>) -> UnsafeMutablePointer<UInt16> {
    UnsafeMutableRawPointer(floats).assumingMemoryBound(to: UInt16.self)
  }

  /// - Parameter dy: the gradient of the convolution, before the pooling.
  func lay(_ dy: UnsafePointer<Float>, into floats: UnsafeMutablePointer<Float>) {
    floats.update(repeating: 0, count: frameFloats)
    frame.lay(dy, kernels, into: halves(floats))
  }

  /// - Parameters:
  ///   - floats: the frame of the first image; that of the next `distance` floats on.
  ///   - images: at most `imagesAtOnce`.
  func run(
    _ floats: UnsafeMutablePointer<Float>, distance: Int = 0, images: Int = 1,
    into dx: UnsafeMutablePointer<Float>
  ) {
    let (shape, channels) = (plan.shape, plan.shape.inputChannels)
    let row = AMXCorrelation.columns(channels)
    let pixel = AMXCorrelation.pixel(shape.outputChannels)
    let samples = UnsafePointer(halves(floats))
    scratch.borrow { scratch in
      for some in classes {
        guard let correlation = some.correlation else {
          for image in 0..<images { zero(some, dx + image * shape.inputCount) }
          continue
        }
        correlation.run(
          samples + some.origin * pixel, distance: 2 * distance, images: images, weights.pointer,
          kernels, scratch: scratch.pointer
        ) { image, y, columns, values in
          let to =
            dx + image * shape.inputCount
            + ((some.row + y * some.stride) * shape.inputWidth + some.column
              + columns.lowerBound * some.stride) * channels
          if row == channels, some.stride == 1 {
            to.update(from: values, count: columns.count * channels)
            return
          }
          for index in 0..<columns.count {
            (to + index * some.stride * channels).update(
              from: values + index * row, count: channels)
          }
        }
      }
    }
  }

  private func zero(_ some: Class, _ dx: UnsafeMutablePointer<Float>) {
    let (shape, channels) = (plan.shape, plan.shape.inputChannels)
    for y in stride(from: some.row, to: shape.inputHeight, by: some.stride) {
      for x in stride(from: some.column, to: shape.inputWidth, by: some.stride) {
        (dx + (y * shape.inputWidth + x) * channels).update(repeating: 0, count: channels)
      }
    }
  }
}
