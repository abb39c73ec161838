import ConvEngine
import Raster

/// Batch normalisation over rows of `channels` values, with the activation behind it: a row is a place
/// of a map of an example.
///
/// Sums are taken over parts of each example, joined in the order of the parts for each leaf of the batch's
/// tree, and then by the tree (`BatchTree`), so that the number of threads, and of ranks, doesn't change
/// them.
final class BatchNormRun: ImagewiseRun {
  private let layer: BatchNorm
  private let kernel: NormalizationKernel
  private let channels: Int
  let team: ThreadTeam
  /// Rows of an example.
  private let places: Int
  let parts: ImageParts
  /// nil where the scale is fixed at 1.
  private let scale, scaleGradient: UnsafeMutablePointer<Float>?
  private let shift, shiftGradient: UnsafeMutablePointer<Float>
  private let runningMean, runningVariance: UnsafeMutablePointer<Float>
  /// Two sums of each part: [part, 2, channels].
  private var sums: FloatBuffer
  /// Two sums of each leaf: [leaf, 2, channels]; in the end those of the batch in the first.
  private var state: [Double] = []
  /// Of the batch: mean, then 1/√(variance + ε).
  private let batch: FloatBuffer
  /// Of the way forward: factor, then summand.
  private let forth: FloatBuffer
  /// Of the way back: factor, slope, summand.
  private let back: FloatBuffer

  init(
    _ layer: BatchNorm, channels: Int, step: StepPlan, site: CompilationSite
  ) {
    self.layer = layer
    self.channels = channels
    team = site.team
    kernel = NormalizationKernel(channels: channels, activation: step.activation)
    func slot(_ suffix: String) -> ParameterSlot? {
      step.node.slots.first { $0.shape.suffix == suffix }
    }
    scale = slot("weight").map { site.value($0) }
    scaleGradient = slot("weight").map { site.gradient($0) }
    shift = site.value(slot("bias")!)
    shiftGradient = site.gradient(slot("bias")!)
    runningMean = site.value(slot("running_mean")!)
    runningVariance = site.value(slot("running_var")!)
    places = step.inputs / channels
    // 64 kB a part at most: it is still in the cache when it is read a second time.
    parts = ImageParts(items: places, most: max(1, 16384 / channels))
    sums = FloatBuffer(count: 0)
    batch = FloatBuffer(count: 2 * channels)
    forth = FloatBuffer(count: 2 * channels)
    back = FloatBuffer(count: 3 * channels)
  }

  func measures(_ pass: Pass) -> Bool { pass.isTraining }

  func open(_ pass: Pass) {
    let needed = pass.count * parts.ofImage * 2 * channels
    if sums.count < needed { sums = FloatBuffer(count: needed) }
  }

  func measure(_ parts: Range<Int>, _ x: Values) {
    for part in parts {
      let (rows, mean) = (rows(part), sums.base + part * 2 * channels)
      kernel.measure(
        rows: rows.count, x + rows.lowerBound * channels, mean: mean, squares: mean + channels)
    }
  }

  func settle(_ pass: Pass) {
    if pass.isTraining {
      joinMeasures(pass)
    } else {
      for c in 0..<channels {
        batch.base[c] = runningMean[c]
        batch.base[channels + c] = 1 / (runningVariance[c] + layer.epsilon).squareRoot()
      }
    }
    for c in 0..<channels {
      let factor = (scale?[c] ?? 1) * batch.base[channels + c]
      forth.base[c] = factor
      forth.base[channels + c] = shift[c] - batch.base[c] * factor
    }
  }

  func apply(_ parts: Range<Int>, _ x: Values, _ y: MutableValues) {
    for part in parts {
      let rows = rows(part)
      let at = rows.lowerBound * channels
      kernel.forward(
        rows: rows.count, x + at, factor: forth.base, shift: forth.base + channels, into: y + at)
    }
  }

  /// Rows of a part.
  private func rows(_ part: Int) -> Range<Int> { parts.items(of: part..<part + 1) }

  private func tree(_ pass: Pass) -> BatchTree {
    pass.share?.tree ?? BatchTree(whole: pass.count)
  }

  /// Mean and inverse deviation of the batch; brings the running statistics up to date.
  private func joinMeasures(_ pass: Pass) {
    let (channels, places) = (channels, places)
    join(
      pass,
      // Chan, Golub, LeVeque: means and squared differences of two parts joined.
      part: { state, part, before, rows in
        let (n, more) = (Double(before), Double(rows))
        for c in 0..<channels {
          let difference = Double(part[c]) - state[c]
          state[c] += difference * more / (n + more)
          state[channels + c] += Double(part[channels + c])
          state[channels + c] += difference * difference * n * more / (n + more)
        }
      },
      node: { to, from, left, right in
        let (n, more) = (Double(left * places), Double(right * places))
        for c in 0..<channels {
          let difference = from[c] - to[c]
          to[c] += difference * more / (n + more)
          to[channels + c] += from[channels + c]
          to[channels + c] += difference * difference * n * more / (n + more)
        }
      })
    let rows = tree(pass).whole * places
    for c in 0..<channels {
      let (mean, square) = (state[c], state[channels + c])
      let variance = square / Double(rows)
      batch.base[c] = Float(mean)
      batch.base[channels + c] = Float(1 / (variance + Double(layer.epsilon)).squareRoot())
      let unbiased = Float(square / Double(max(rows - 1, 1)))
      let momentum = pass.newestShare ?? layer.momentum
      runningMean[c] = (1 - momentum) * runningMean[c] + momentum * Float(mean)
      runningVariance[c] = (1 - momentum) * runningVariance[c] + momentum * unbiased
    }
  }

  /// Joins the sums of the parts to those of the leaves, and these to those of the batch.
  ///
  /// - Parameters:
  ///   - part: joins a part's sums with those of the parts before it, of which the rows are told.
  ///   - node: joins the sums of a node with those of its left neighbour; the examples of both are told.
  private func join(
    _ pass: Pass,
    part: (UnsafeMutablePointer<Double>, UnsafePointer<Float>, _ before: Int, _ rows: Int) -> Void,
    node: (
      UnsafeMutablePointer<Double>, UnsafePointer<Double>, _ left: Int, _ right: Int
    ) -> Void
  ) {
    let (tree, size) = (tree(pass), 2 * channels)
    let leaves = pass.share.map { $0.leaves(of: $0.link.rank) } ?? 0..<tree.leaves
    if state.count < tree.leaves * size {
      state = [Double](repeating: 0, count: tree.leaves * size)
    }
    state.withUnsafeMutableBufferPointer { state in
      // Safety: each leaf has `size` numbers, each part as many sums.
      let state = state.baseAddress!
      for leaf in leaves {
        let sum = state + leaf * size
        sum.update(repeating: 0, count: size)
        let examples = tree.examples(of: leaf..<leaf + 1)
        let (first, end) = (examples.lowerBound - pass.first, examples.upperBound - pass.first)
        var before = 0
        for index in first * parts.ofImage..<end * parts.ofImage {
          let rows = rows(index).count
          part(sum, sums.base + index * size, before, rows)
          before += rows
        }
      }
      pass.share?.collectLeaves(state, size: size)
      tree.fold { to, from in
        node(state + to.leaf * size, state + from.leaf * size, to.examples, from.examples)
      }
    }
  }

  var sumsGradients: Bool { true }

  func sumGradients(_ parts: Range<Int>, _ x: Values, _ dy: MutableValues) {
    for part in parts {
      let (rows, plain) = (rows(part), sums.base + part * 2 * channels)
      let at = rows.lowerBound * channels
      kernel.gradientSums(
        rows: rows.count, x + at, factor: forth.base, shift: forth.base + channels,
        mean: batch.base, dy: dy + at, plain: plain, product: plain + channels)
    }
  }

  func settleGradients(_ pass: Pass) {
    let channels = channels
    join(
      pass,
      part: { state, part, _, _ in
        for c in 0..<2 * channels { state[c] += Double(part[c]) }
      },
      node: { to, from, _, _ in
        for c in 0..<2 * channels { to[c] += from[c] }
      })
    for c in 0..<channels {
      // Running statistics are constants: then dx = weight / √(variance + ε) · dy.
      (back.base[c], back.base[channels + c], back.base[2 * channels + c]) = (forth.base[c], 0, 0)
      if pass.isTraining { gradients(of: c, tree(pass).whole * places) }
    }
  }

  func passGradients(
    _ parts: Range<Int>, _ x: Values, _ y: Values, _ dy: MutableValues, _ dx: MutableValues
  ) {
    for part in parts {
      let (rows, back) = (rows(part), back.base)
      let at = rows.lowerBound * channels
      kernel.inputGradient(
        rows: rows.count, x + at, dy: dy + at, factor: back, mean: batch.base,
        slope: back + channels, shift: back + 2 * channels, into: dx + at)
    }
  }

  /// Gradients of scale and shift of a channel, and what its input's gradient is made of:
  ///
  ///     dx = f · (dy − Σdy/n − x̂ · Σ(dy·x̂)/n),   f = weight / √(variance + ε)
  private func gradients(of c: Int, _ rows: Int) {
    let (plain, product) = (state[c], state[channels + c])
    let inverse = Double(batch.base[channels + c])
    shiftGradient[c] = Float(plain)
    scaleGradient?[c] = Float(product * inverse)
    let factor = Double(scale?[c] ?? 1) * inverse
    back.base[c] = Float(factor)
    back.base[channels + c] = Float(-factor * inverse * inverse * product / Double(rows))
    back.base[2 * channels + c] = Float(-factor * plain / Double(rows))
  }
}
