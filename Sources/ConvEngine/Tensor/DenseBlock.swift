import Raster

/// `y = x · W + b`, with ReLU if asked for, over a batch. Weights: `[inputs][outputs]`.
///
/// The same bytes for any team, and for a row whatever batch it stands in. Not to be used by two
/// callers at once.
public final class DenseBlock {
  public let inputs: Int
  public let outputs: Int
  public let relu: Bool
  let maximumBatch: Int
  let team: ThreadTeam

  /// - Parameters:
  ///   - maximumBatch: the largest number of rows of one call (≥ 1).
  ///   - training: whether `backward` will be called.
  public init(
    inputs: Int, outputs: Int, relu: Bool, maximumBatch: Int, training: Bool, team: ThreadTeam
  ) {
    precondition(inputs >= 1 && outputs >= 1, "a dense layer has inputs and outputs")
    self.inputs = inputs
    self.outputs = outputs
    self.relu = relu
    self.maximumBatch = maximumBatch
    self.team = team
  }

  /// - Parameters:
  ///   - batch: number of rows (1…maximumBatch).
  ///   - x: batch · inputs.
  ///   - weights: inputs · outputs.
  ///   - bias: outputs, or nil.
  ///   - y: batch · outputs, written.
  public func forward(
    batch: Int, x: UnsafePointer<Float>, weights: UnsafePointer<Float>,
    bias: UnsafePointer<Float>?, y: UnsafeMutablePointer<Float>
  ) {
    multiply(
      rows: batch, columns: outputs, depth: inputs, Matrix(x, stride: inputs),
      Matrix(weights, stride: outputs), into: y, stride: outputs, team: team)
    for row in 0..<batch {
      for unit in 0..<outputs {
        let sum = y[row * outputs + unit] + (bias?[unit] ?? 0)
        y[row * outputs + unit] = relu ? max(sum, 0) : sum
      }
    }
  }

  /// - Parameters:
  ///   - y: as written by `forward`.
  ///   - dy: batch · outputs; set to 0 where the ReLU was shut.
  ///   - dx: batch · inputs, overwritten, or nil; may be `x` itself.
  ///   - weightGradient: inputs · outputs, overwritten with the sum over the batch.
  ///   - biasGradient: outputs, overwritten, or nil.
  ///   - maskingInput: whether to set dx to 0 wherever x ≤ 0 (x came out of a ReLU; saves that
  ///     layer the work: its `backward` takes `isMasked: true`).
  public func backward(
    batch: Int, x: UnsafePointer<Float>, weights: UnsafePointer<Float>, y: UnsafePointer<Float>,
    dy: UnsafeMutablePointer<Float>, dx: UnsafeMutablePointer<Float>?,
    weightGradient: UnsafeMutablePointer<Float>, biasGradient: UnsafeMutablePointer<Float>?,
    maskingInput: Bool = false
  ) {
    if relu {
      for index in 0..<batch * outputs where y[index] <= 0 { dy[index] = 0 }
    }
    multiply(
      rows: inputs, columns: outputs, depth: batch, Matrix(x, stride: inputs, transposed: true),
      Matrix(dy, stride: outputs), into: weightGradient, stride: outputs, team: team)
    if let biasGradient {
      for unit in 0..<outputs {
        biasGradient[unit] = (0..<batch).reduce(0) { $0 + dy[$1 * outputs + unit] }
      }
    }
    guard let dx else { return }
    let shut = TensorMemory<Bool>(count: maskingInput ? batch * inputs : 0)
    for index in 0..<shut.count { shut[index] = x[index] <= 0 }
    multiply(
      rows: batch, columns: inputs, depth: outputs, Matrix(dy, stride: outputs),
      Matrix(weights, stride: outputs, transposed: true), into: dx, stride: inputs, team: team)
    for index in 0..<shut.count where shut[index] { dx[index] = 0 }
  }
}
