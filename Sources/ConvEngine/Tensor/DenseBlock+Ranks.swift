import Raster

extension DenseBlock {
  /// The rows of a batch that ranks share, for the gradient of the weights: one sum over all of them, in
  /// their order. Each rank sums for some of the inputs and tells the others, or where that costs more
  /// than it saves, for all.
  final class SharedRows {
    private(set) var sums: Sums!
    /// Whether each rank sums for some of the inputs.
    private(set) var isDivided = false
    private var x = TensorMemory<Float>(count: 0)
    private var dy = TensorMemory<Float>(count: 0)
    private var packed = TensorMemory<Float>(count: 0)
    /// This rank's rows, as they go to the others: rank by rank, the inputs that it sums for.
    private var sent = TensorMemory<Float>(count: 0)
    private var delivery: (any RankDelivery)?

    /// Gets the gradient of the output of all rows, and starts to get what is wanted of `x`.
    func collect(
      _ block: DenseBlock, _ share: BatchShare, own: Int, x: UnsafePointer<Float>,
      dy: UnsafePointer<Float>
    ) {
      let (rows, outputs, kernels) = (share.whole, block.outputs, block.kernels)
      reserve(&self.dy, rows * outputs)
      reserve(&packed, rows * kernels.panels(outputs) * kernels.panel)
      share.collect(dy, size: outputs, into: self.dy.pointer)
      isDivided = Self.divides(
        rows: rows, inputs: block.inputs, outputs: outputs, ranks: share.link.count)
      let inputs = isDivided ? Self.inputs(block, of: share.link.rank, share) : 0..<block.inputs
      reserve(&self.x, rows * inputs.count)
      if isDivided {
        exchange(block, share, own: own, x)
      } else {
        share.collect(x, size: block.inputs, into: self.x.pointer)
      }
      sums = Sums(
        rows: rows, x: UnsafePointer(self.x.pointer), dy: UnsafePointer(self.dy.pointer), packed,
        inputs: inputs)
    }

    private func reserve(_ memory: inout TensorMemory<Float>, _ count: Int) {
      if memory.count < count { memory = TensorMemory(count: count) }
    }

    /// Each rank sends its rows of the inputs that another sums for, and gets the others' rows of its own.
    private func exchange(
      _ block: DenseBlock, _ share: BatchShare, own: Int, _ x: UnsafePointer<Float>
    ) {
      reserve(&sent, own * block.inputs)
      let mine = Self.inputs(block, of: share.link.rank, share)
      var letters = RankLetters()
      for rank in 0..<share.link.count {
        let (inputs, rows) = (Self.inputs(block, of: rank, share), share.examples(of: rank))
        let place = self.x.pointer + rows.lowerBound * mine.count
        let isOwn = rank == share.link.rank
        nonisolated(unsafe) let (from, to) = (
          x + inputs.lowerBound, isOwn ? place : sent.pointer + own * inputs.lowerBound
        )
        // Safety: rows are disjoint; `sent` has as many as there are here.
        block.team.split(0..<own, grain: max(1, 65536 / max(1, inputs.count))) { part in
          for row in part {
            (to + row * inputs.count).update(from: from + row * block.inputs, count: inputs.count)
          }
        }
        if isOwn { continue }
        letters.send(to, own * inputs.count, to: rank)
        letters.receive(place, rows.count * mine.count, from: rank)
      }
      delivery = share.link.start(letters, number: share.exchange.number())
    }

    /// Waits for the rows of the others.
    func wait() {
      delivery?.wait()
      delivery = nil
    }

    /// Starts to tell the others the gradients of one's own inputs' weights, and to get theirs.
    func tell(
      _ block: DenseBlock, _ share: BatchShare, _ weightGradient: UnsafeMutablePointer<Float>
    ) {
      func place(_ inputs: Range<Int>) -> UnsafeMutablePointer<Float> {
        weightGradient + inputs.lowerBound * block.outputs
      }
      var letters = RankLetters()
      let mine = Self.inputs(block, of: share.link.rank, share)
      for rank in 0..<share.link.count where rank != share.link.rank {
        let its = Self.inputs(block, of: rank, share)
        letters.receive(place(its), its.count * block.outputs, from: rank)
        letters.send(place(mine), mine.count * block.outputs, to: rank)
      }
      share.exchange.begin(letters, number: share.exchange.number())
    }

    /// The inputs that a rank sums for: whole panels, but for the last.
    private static func inputs(_ block: DenseBlock, of rank: Int, _ share: BatchShare) -> Range<Int>
    {
      let (panel, all) = (block.kernels.panel, block.inputs)
      let panels = chunk(rank, of: share.link.count, block.kernels.panels(all))
      return min(panels.lowerBound * panel, all)..<min(panels.upperBound * panel, all)
    }

    /// Whether it costs less to divide the inputs: by the numbers alone, so that all ranks agree.
    ///
    /// In nanoseconds: a float sent is 1 (and 1 where it is laid aside for that), a product in a sum
    /// 0.05, a message 5000.
    static func divides(rows: Int, inputs: Int, outputs: Int, ranks: Int) -> Bool {
      if ranks == 1 { return false }
      let (rows, inputs, outputs) = (Double(rows), Double(inputs), Double(outputs))
      let (others, count) = (Double(ranks - 1), Double(ranks))
      let products = 0.05 * rows * inputs * outputs
      let all = rows * inputs * others / count + products
      let rowsSent = 2 * rows * inputs * others / (count * count)
      let divided =
        rowsSent + inputs * outputs * others / count + products / count + 2 * others * 5000
      return divided < all
    }
  }
}
