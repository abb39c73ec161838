import Raster

/// Batch normalisation over rows of `channels` values: a row is a place of a map of an example.
///
/// Sums are taken over parts of `partRows` rows and joined in the order of the parts, so that the
/// number of threads doesn't change them.
final class BatchNormRun: LayerRun {
  private let layer: BatchNorm
  private let channels: Int
  private let count: Int
  private let team: ThreadTeam
  private let scale, shift, runningMean, runningVariance: UnsafeMutablePointer<Float>
  private let scaleGradient, shiftGradient: UnsafeMutablePointer<Float>
  private let partRows: Int
  /// Two sums of each part: [part, 2, channels].
  private let parts: FloatBuffer
  /// Of the batch: mean, then 1/√(variance + ε).
  private let batch: FloatBuffer
  /// Factor and summands of the pass at hand: [3, channels].
  private let factors: FloatBuffer

  init(
    _ layer: BatchNorm, channels: Int, count: Int, slots: [ParameterSlot], site: CompilationSite
  ) {
    self.layer = layer
    self.channels = channels
    self.count = count
    team = site.team
    scale = site.value(slots[0])
    shift = site.value(slots[1])
    runningMean = site.value(slots[2])
    runningVariance = site.value(slots[3])
    scaleGradient = site.gradient(slots[0])
    shiftGradient = site.gradient(slots[1])
    // About 64 kB a part: it is still in the cache when it is read a second time.
    partRows = max(1, 16384 / channels)
    let rows = site.batch * (count / channels)
    let most = site.isTraining ? (rows + partRows - 1) / partRows : 0
    parts = FloatBuffer(count: most * 2 * channels)
    batch = FloatBuffer(count: 2 * channels)
    factors = FloatBuffer(count: 3 * channels)
  }

  func forward(_ x: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>, _ pass: Pass) {
    let rows = pass.count * (count / channels)
    if pass.isTraining {
      measure(x, rows)
    } else {
      for c in 0..<channels {
        batch.base[c] = runningMean[c]
        batch.base[channels + c] = 1 / (runningVariance[c] + layer.epsilon).squareRoot()
      }
    }
    for c in 0..<channels {
      let factor = scale[c] * batch.base[channels + c]
      factors.base[c] = factor
      factors.base[channels + c] = shift[c] - batch.base[c] * factor
    }
    // Safety: parts are disjoint rows within the batch.
    nonisolated(unsafe) let (x, y, factor) = (x, y, factors.base)
    let channels = channels
    team.split(0..<rows, grain: partRows) { part in
      for row in part {
        let (from, to) = (x + row * channels, y + row * channels)
        for c in 0..<channels { to[c] = from[c] * factor[c] + factor[channels + c] }
      }
    }
  }

  /// Mean and inverse deviation of the batch; brings the running statistics up to date.
  private func measure(_ x: UnsafePointer<Float>, _ rows: Int) {
    // Safety: part p owns its 2·channels sums.
    nonisolated(unsafe) let (x, sums) = (x, parts.base)
    let (channels, partRows) = (channels, partRows)
    team.split(0..<rows, grain: partRows) { part in
      let mean = sums + part.lowerBound / partRows * 2 * channels
      let square = mean + channels
      mean.update(repeating: 0, count: 2 * channels)
      for row in part { for c in 0..<channels { mean[c] += x[row * channels + c] } }
      for c in 0..<channels { mean[c] /= Float(part.count) }
      for row in part {
        for c in 0..<channels {
          let difference = x[row * channels + c] - mean[c]
          square[c] += difference * difference
        }
      }
    }
    // Chan, Golub, LeVeque: means and squared differences of two parts joined.
    for c in 0..<channels {
      var mean = 0.0
      var square = 0.0
      for start in stride(from: 0, to: rows, by: partRows) {
        let part = sums + start / partRows * 2 * channels
        let more = Double(min(partRows, rows - start))
        let difference = Double(part[c]) - mean
        mean += difference * more / (Double(start) + more)
        square += Double(part[channels + c])
        square += difference * difference * Double(start) * more / (Double(start) + more)
      }
      let variance = square / Double(rows)
      batch.base[c] = Float(mean)
      batch.base[channels + c] = Float(1 / (variance + Double(layer.epsilon)).squareRoot())
      let unbiased = Float(square / Double(max(rows - 1, 1)))
      let momentum = layer.momentum
      runningMean[c] = (1 - momentum) * runningMean[c] + momentum * Float(mean)
      runningVariance[c] = (1 - momentum) * runningVariance[c] + momentum * unbiased
    }
  }

  func backward(
    _ x: UnsafePointer<Float>, _ y: UnsafePointer<Float>, _ dy: UnsafeMutablePointer<Float>,
    _ dx: UnsafeMutablePointer<Float>?, _ pass: Pass
  ) {
    let rows = pass.count * (count / channels)
    if !pass.isTraining {
      scaleBackward(dy, dx, rows)
      return
    }
    // Safety: as forward.
    nonisolated(unsafe) let (x, dy, sums, batch, factors) = (
      x, dy, parts.base, batch.base, factors.base
    )
    let (channels, partRows) = (channels, partRows)
    team.split(0..<rows, grain: partRows) { part in
      let plain = sums + part.lowerBound / partRows * 2 * channels
      let product = plain + channels
      plain.update(repeating: 0, count: 2 * channels)
      for row in part {
        let (value, gradient) = (x + row * channels, dy + row * channels)
        for c in 0..<channels {
          plain[c] += gradient[c]
          product[c] += gradient[c] * (value[c] - batch[c])
        }
      }
    }
    // dx = f · (dy − Σdy/n − x̂ · Σ(dy·x̂)/n), f = weight / √(variance + ε), as a·dy + b·x + c.
    for c in 0..<channels {
      var plain = 0.0
      var product = 0.0
      for start in stride(from: 0, to: rows, by: partRows) {
        let part = sums + start / partRows * 2 * channels
        plain += Double(part[c])
        product += Double(part[channels + c])
      }
      let inverse = Double(batch[channels + c])
      shiftGradient[c] = Float(plain)
      scaleGradient[c] = Float(product * inverse)
      let factor = Double(scale[c]) * inverse
      let slope = -factor * inverse * inverse * product / Double(rows)
      factors[c] = Float(factor)
      factors[channels + c] = Float(slope)
      factors[2 * channels + c] = Float(-factor * plain / Double(rows))
    }
    guard let dx else { return }
    nonisolated(unsafe) let to = dx
    team.split(0..<rows, grain: partRows) { part in
      for row in part {
        let (value, gradient, out) = (x + row * channels, dy + row * channels, to + row * channels)
        for c in 0..<channels {
          let centred = value[c] - batch[c]
          out[c] =
            gradient[c] * factors[c] + centred * factors[channels + c] + factors[2 * channels + c]
        }
      }
    }
  }

  /// Backwards with running statistics, which are constants: dx = weight / √(variance + ε) · dy.
  private func scaleBackward(
    _ dy: UnsafePointer<Float>, _ dx: UnsafeMutablePointer<Float>?, _ rows: Int
  ) {
    guard let dx else { return }
    for index in 0..<rows * channels {
      let c = index % channels
      dx[index] = dy[index] * scale[c] * batch.base[channels + c]
    }
  }
}
