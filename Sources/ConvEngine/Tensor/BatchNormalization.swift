import Raster

/// Batch normalisation over the last axis (channels) of `rows · channels` elements.
///
///     y = scale · (x − mean) / √(variance + ε) + shift
///
/// In training, mean and (biased) variance are those of the batch; the running variance takes the
/// unbiased one, as PyTorch does. Sums run in `batchChunks` parts and then over the parts, in
/// order: the same bytes for any team.
/// - SeeAlso: Ioffe & Szegedy, arXiv:1502.03167.
public struct BatchNormalization: Sendable, Hashable {
  public var channels: Int
  public var epsilon: Float
  /// Share of the batch in the running statistics: running ← (1 − m)·running + m·batch.
  public var momentum: Float

  public init(channels: Int, epsilon: Float = 1e-5, momentum: Float = 0.1) {
    precondition(channels >= 1, "there is a channel")
    self.channels = channels
    self.epsilon = epsilon
    self.momentum = momentum
  }

  /// With the statistics of the batch.
  ///
  /// - Parameters:
  ///   - rows: images · height · width (≥ 1).
  ///   - scale, shift, runningMean, runningVariance: channels each.
  ///   - mean, inverse: channels each, written: what the backward pass needs.
  ///   - output: rows · channels; may be `input`, but then there is no backward pass.
  public func train(
    rows: Int, input: UnsafePointer<Float>, scale: UnsafePointer<Float>,
    shift: UnsafePointer<Float>, runningMean: UnsafeMutablePointer<Float>,
    runningVariance: UnsafeMutablePointer<Float>, mean: UnsafeMutablePointer<Float>,
    inverse: UnsafeMutablePointer<Float>, output: UnsafeMutablePointer<Float>, team: ThreadTeam
  ) {
    let sums = channelSums(rows, team) { range, first, second in
      for row in range {
        let x = input + row * self.channels
        for c in 0..<self.channels {
          first[c] += Double(x[c])
          second[c] += Double(x[c]) * Double(x[c])
        }
      }
    }
    for c in 0..<channels {
      let average = sums[c] / Double(rows)
      let variance = max(sums[channels + c] / Double(rows) - average * average, 0)
      mean[c] = Float(average)
      inverse[c] = Float(1 / (variance + Double(epsilon)).squareRoot())
      let unbiased = rows > 1 ? variance * Double(rows) / Double(rows - 1) : variance
      runningMean[c] += momentum * (Float(average) - runningMean[c])
      runningVariance[c] += momentum * (Float(unbiased) - runningVariance[c])
    }
    apply(rows, input, scale, shift, UnsafePointer(mean), UnsafePointer(inverse), output, team)
  }

  /// With the running statistics; `output` may be `input`.
  public func evaluate(
    rows: Int, input: UnsafePointer<Float>, scale: UnsafePointer<Float>,
    shift: UnsafePointer<Float>, runningMean: UnsafePointer<Float>,
    runningVariance: UnsafePointer<Float>, output: UnsafeMutablePointer<Float>, team: ThreadTeam
  ) {
    let inverse = TensorMemory<Float>(count: channels)
    for c in 0..<channels { inverse[c] = 1 / (runningVariance[c] + epsilon).squareRoot() }
    apply(rows, input, scale, shift, runningMean, inverse.pointer, output, team)
  }

  /// - Parameters:
  ///   - mean, inverse: as written by `train`.
  ///   - scaleGradient, shiftGradient: channels each, overwritten.
  ///   - inputGradient: rows · channels; may be `outputGradient`.
  public func backward(
    rows: Int, input: UnsafePointer<Float>, scale: UnsafePointer<Float>,
    mean: UnsafePointer<Float>, inverse: UnsafePointer<Float>,
    outputGradient: UnsafePointer<Float>, scaleGradient: UnsafeMutablePointer<Float>,
    shiftGradient: UnsafeMutablePointer<Float>, inputGradient: UnsafeMutablePointer<Float>,
    team: ThreadTeam
  ) {
    let sums = channelSums(rows, team) { range, first, second in
      for row in range {
        let x = input + row * self.channels
        let g = outputGradient + row * self.channels
        for c in 0..<self.channels {
          first[c] += Double(g[c])
          second[c] += Double(g[c]) * Double((x[c] - mean[c]) * inverse[c])
        }
      }
    }
    for c in 0..<channels {
      shiftGradient[c] = Float(sums[c])
      scaleGradient[c] = Float(sums[channels + c])
    }
    nonisolated(unsafe) let (input, scale, mean, inverse) = (input, scale, mean, inverse)
    nonisolated(unsafe) let (outputGradient, inputGradient) = (outputGradient, inputGradient)
    nonisolated(unsafe) let (scaleGradient, shiftGradient) = (scaleGradient, shiftGradient)
    let share = 1 / Float(rows)
    // Safety: each task writes its own rows.
    team.split(0..<rows, grain: rowGrain) { range in
      for row in range {
        let x = input + row * self.channels
        let g = outputGradient + row * self.channels
        let out = inputGradient + row * self.channels
        for c in 0..<self.channels {
          let normal = (x[c] - mean[c]) * inverse[c]
          let centred = g[c] - share * (shiftGradient[c] + normal * scaleGradient[c])
          out[c] = scale[c] * inverse[c] * centred
        }
      }
    }
  }

  /// Rows of one task.
  private var rowGrain: Int { max(1, 16384 / channels) }

  private func apply(
    _ rows: Int, _ input: UnsafePointer<Float>, _ scale: UnsafePointer<Float>,
    _ shift: UnsafePointer<Float>, _ mean: UnsafePointer<Float>, _ inverse: UnsafePointer<Float>,
    _ output: UnsafeMutablePointer<Float>, _ team: ThreadTeam
  ) {
    let factors = TensorMemory<Float>(count: channels * 2)
    for c in 0..<channels {
      factors[c] = scale[c] * inverse[c]
      factors[channels + c] = shift[c] - mean[c] * scale[c] * inverse[c]
    }
    nonisolated(unsafe) let (input, output) = (input, output)
    // Safety: each task writes its own rows.
    team.split(0..<rows, grain: rowGrain) { range in
      let (a, b) = (factors.pointer, factors.pointer + self.channels)
      for row in range {
        let x = input + row * self.channels
        let y = output + row * self.channels
        for c in 0..<self.channels { y[c] = a[c] * x[c] + b[c] }
      }
    }
  }

  /// Two sums a channel over all rows, the parts of the rows added in order.
  private func channelSums(
    _ rows: Int, _ team: ThreadTeam,
    _ body: (Range<Int>, UnsafeMutablePointer<Double>, UnsafeMutablePointer<Double>) -> Void
  ) -> TensorMemory<Double> {
    let parts = min(rows, 16)
    let sums = TensorMemory<Double>(count: parts * 2 * channels)
    withoutActuallyEscaping(body) { body in
      nonisolated(unsafe) let body = body
      // Safety: each task writes its own part of the sums and returns before `run` does.
      team.run(parts) { part in
        let own = sums.pointer + part * 2 * self.channels
        body(rows * part / parts..<rows * (part + 1) / parts, own, own + self.channels)
      }
    }
    for part in 1..<max(parts, 1) {
      for index in 0..<2 * channels { sums[index] += sums[part * 2 * channels + index] }
    }
    return sums
  }
}
