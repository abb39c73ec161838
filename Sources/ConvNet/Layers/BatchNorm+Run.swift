import ConvEngine
import Raster

/// Batch normalisation over rows of `channels` values, with the activation behind it: a row is a place
/// of a map of an example.
///
/// Sums are taken over parts of `partRows` rows, joined in the order of the parts for each leaf of the
/// batch's tree, and then by the tree (`BatchTree`), so that the number of threads, and of ranks, doesn't
/// change them.
final class BatchNormRun: LayerRun {
  private let layer: BatchNorm
  private let kernel: NormalizationKernel
  private let channels: Int
  private let count: Int
  private let team: ThreadTeam
  /// nil where the scale is fixed at 1.
  private let scale, scaleGradient: UnsafeMutablePointer<Float>?
  private let shift, shiftGradient: UnsafeMutablePointer<Float>
  private let runningMean, runningVariance: UnsafeMutablePointer<Float>
  private let partRows: Int
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
    count = step.inputs
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
    // About 64 kB a part: it is still in the cache when it is read a second time.
    partRows = max(1, 16384 / channels)
    sums = FloatBuffer(count: 0)
    batch = FloatBuffer(count: 2 * channels)
    forth = FloatBuffer(count: 2 * channels)
    back = FloatBuffer(count: 3 * channels)
  }

  func forward(_ x: Values, _ y: MutableValues, _ pass: Pass) {
    let rows = pass.count * (count / channels)
    if pass.isTraining {
      measure(x, pass)
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
    // Safety: parts are disjoint rows within the batch.
    nonisolated(unsafe) let (x, y, forth) = (x, y, forth.base)
    let (kernel, channels) = (kernel, channels)
    team.split(0..<rows, grain: partRows) { part in
      let at = part.lowerBound * channels
      kernel.forward(
        rows: part.count, x + at, factor: forth, shift: forth + channels, into: y + at)
    }
  }

  /// Rows of a leaf that are summed at a time.
  private struct LeafRows {
    let leaf: Int
    /// Counted from the first row here.
    let rows: Range<Int>
  }

  /// The parts of this rank's leaves, and room for their sums.
  private func parts(_ tree: BatchTree, _ pass: Pass) -> [LeafRows] {
    let leaves = pass.share.map { $0.leaves(of: $0.link.rank) } ?? 0..<tree.leaves
    let places = count / channels
    var parts: [LeafRows] = []
    for leaf in leaves {
      let examples = tree.examples(of: leaf..<leaf + 1)
      let end = (examples.upperBound - pass.first) * places
      for start in stride(
        from: (examples.lowerBound - pass.first) * places, to: end, by: partRows)
      {
        parts.append(LeafRows(leaf: leaf, rows: start..<min(start + partRows, end)))
      }
    }
    let needed = parts.count * 2 * channels
    if sums.count < needed { sums = FloatBuffer(count: needed) }
    return parts
  }

  private func tree(_ pass: Pass) -> BatchTree {
    pass.share?.tree ?? BatchTree(whole: pass.count)
  }

  /// Mean and inverse deviation of the batch; brings the running statistics up to date.
  private func measure(_ x: UnsafePointer<Float>, _ pass: Pass) {
    let tree = tree(pass)
    let parts = parts(tree, pass)
    // Safety: part p owns its 2·channels sums.
    nonisolated(unsafe) let (x, sums) = (x, sums.base)
    let (kernel, channels, places) = (kernel, channels, count / channels)
    team.run(parts.count) { index in
      let mean = sums + index * 2 * channels
      kernel.measure(
        rows: parts[index].rows.count, x + parts[index].rows.lowerBound * channels, mean: mean,
        squares: mean + channels)
    }
    join(
      parts, pass,
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
    let rows = tree.whole * places
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
    _ parts: [LeafRows], _ pass: Pass,
    part: (UnsafeMutablePointer<Double>, UnsafePointer<Float>, _ before: Int, _ rows: Int) -> Void,
    node: (
      UnsafeMutablePointer<Double>, UnsafePointer<Double>, _ left: Int, _ right: Int
    ) -> Void
  ) {
    let (tree, size) = (tree(pass), 2 * channels)
    if state.count < tree.leaves * size {
      state = [Double](repeating: 0, count: tree.leaves * size)
    }
    state.withUnsafeMutableBufferPointer { state in
      // Safety: each leaf has `size` numbers, each part as many sums.
      let state = state.baseAddress!
      var (leaf, before) = (-1, 0)
      for (index, item) in parts.enumerated() {
        if item.leaf != leaf {
          (leaf, before) = (item.leaf, 0)
          (state + leaf * size).update(repeating: 0, count: size)
        }
        part(state + leaf * size, sums.base + index * size, before, item.rows.count)
        before += item.rows.count
      }
      pass.share?.collectLeaves(state, size: size)
      tree.fold { to, from in
        node(state + to.leaf * size, state + from.leaf * size, to.examples, from.examples)
      }
    }
  }

  func backward(_ x: Values, _ y: Values, _ dy: MutableValues, _ dx: MutableValues?, _ pass: Pass) {
    let rows = pass.count * (count / channels)
    let parts = parts(tree(pass), pass)
    // Safety: as forward.
    nonisolated(unsafe) let (x, dy, sums, batch, forth, back) = (
      x, dy, sums.base, batch.base, forth.base, back.base
    )
    let (kernel, channels) = (kernel, channels)
    team.run(parts.count) { index in
      let at = parts[index].rows.lowerBound * channels
      let plain = sums + index * 2 * channels
      kernel.gradientSums(
        rows: parts[index].rows.count, x + at, factor: forth, shift: forth + channels,
        mean: batch, dy: dy + at, plain: plain, product: plain + channels)
    }
    join(
      parts, pass,
      part: { state, part, _, _ in
        for c in 0..<2 * channels { state[c] += Double(part[c]) }
      },
      node: { to, from, _, _ in
        for c in 0..<2 * channels { to[c] += from[c] }
      })
    for c in 0..<channels {
      // Running statistics are constants: then dx = weight / √(variance + ε) · dy.
      (back[c], back[channels + c], back[2 * channels + c]) = (forth[c], 0, 0)
      if pass.isTraining { gradients(of: c, tree(pass).whole * (count / channels)) }
    }
    guard let dx else { return }
    nonisolated(unsafe) let to = dx
    team.split(0..<rows, grain: partRows) { part in
      let at = part.lowerBound * channels
      kernel.inputGradient(
        rows: part.count, x + at, dy: dy + at, factor: back, mean: batch, slope: back + channels,
        shift: back + 2 * channels, into: to + at)
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
