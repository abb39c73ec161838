import Raster

/// The gradient of the weights where ranks share a batch: one sum over all rows, in their order. Each rank
/// sums for some of the inputs, or where that costs more than it saves, for all.
extension DenseBlock {
  /// What a rank knows of the rows of the others.
  struct SharedRows {
    var sums: Sums?
    /// Of the inputs that this rank sums for, or of all: rows of the ranks before it, then of those behind it,
    /// or of all.
    fileprivate var x = TensorMemory<Float>(count: 0)
    fileprivate var dy = TensorMemory<Float>(count: 0)
    fileprivate var packed = TensorMemory<Float>(count: 0)
    /// This rank's rows, as they go to the others: rank by rank, the inputs that it sums for.
    fileprivate var sent = TensorMemory<Float>(count: 0)
    var delivery: (any RankDelivery)?
    /// Where the others' `x` is read as it lies.
    var window: RankWindow?
    /// What comes of the others once they have read here: nothing but that.
    fileprivate var words = TensorMemory<UInt8>(count: 0)
  }

  /// The weights of which each rank alone has the gradient after `backward`, by rank.
  ///
  /// - Parameter share: of the largest batch; with smaller ones all ranks may have that of all weights.
  /// - Returns: nil where all have that of all.
  public func parts(_ share: BatchShare) -> [Range<Int>]? {
    if !divides(share) { return nil }
    return (0..<share.link.count).map { rank in
      let its = inputs(of: rank, share)
      return its.lowerBound * outputs..<its.upperBound * outputs
    }
  }

  /// Whether ranks would read each other's `x` where it lies, if it lay in a window.
  public func wantsWindow(_ share: BatchShare) -> Bool {
    shared.window == nil && divides(share)
  }

  /// `x` lies in this window from now on, on all ranks.
  public func read(_ window: RankWindow) { shared.window = window }

  private func isInWindow(_ x: UnsafePointer<Float>) -> Bool {
    shared.window.map { UnsafeRawPointer($0.own) == UnsafeRawPointer(x) } ?? false
  }

  /// Starts to send what the other ranks want of `x` for `backward`, and to get what this one wants of theirs:
  /// it travels while other layers run.
  ///
  /// - Parameters: as for `backward`; `x` must not change until then.
  public func prepareBackward(batch: Int, x: UnsafePointer<Float>, share: BatchShare) {
    // Where no way back has followed the last one, as in layers that do not learn.
    shared.delivery?.wait()
    shared.delivery = divides(share) && !isInWindow(x) ? startInputs(batch, x, share) : nil
  }

  private func reserve(_ memory: inout TensorMemory<Float>, _ count: Int) {
    if memory.count < count { memory = TensorMemory(count: count) }
  }

  /// Bytes of a row's inputs that are sent as they lie; fewer are laid side by side, for fewer messages.
  private static let longRow = 1 << 15

  /// Each rank sends its rows of the inputs that another sums for, and gets the others' rows of its own.
  private func startInputs(
    _ batch: Int, _ x: UnsafePointer<Float>, _ share: BatchShare
  ) -> any RankDelivery {
    let mine = inputs(of: share.link.rank, share)
    reserve(&shared.x, (share.whole - batch) * mine.count)
    var letters = RankLetters()
    for rank in 0..<share.link.count where rank != share.link.rank {
      let (its, rows) = (inputs(of: rank, share), share.examples(of: rank))
      let before = rows.lowerBound - (rank > share.link.rank ? batch : 0)
      // Both sides know what is sent as it lies.
      func isLong(_ inputs: Range<Int>) -> Bool { 4 * inputs.count >= Self.longRow }
      let place = shared.x.pointer + before * mine.count
      for row in 0..<(isLong(mine) ? rows.count : 1) {
        let count = isLong(mine) ? mine.count : rows.count * mine.count
        letters.receive(place + row * mine.count, count, from: rank)
      }
      let from = x + its.lowerBound
      if isLong(its) {
        for row in 0..<batch { letters.send(from + row * inputs, its.count, to: rank) }
        continue
      }
      reserve(&shared.sent, batch * inputs)
      nonisolated(unsafe) let (source, to) = (from, shared.sent.pointer + batch * its.lowerBound)
      team.split(0..<batch, grain: max(1, 65536 / max(1, its.count))) { rows in
        for row in rows {
          // Safety: `sent` has as many rows as there are here.
          (to + row * its.count).update(from: source + row * self.inputs, count: its.count)
        }
      }
      letters.send(to, batch * its.count, to: rank)
    }
    return share.link.start(letters, number: share.exchange.number())
  }

  /// Gets the gradient of the output of all rows, and what is wanted of `x`.
  func collect(
    _ share: BatchShare, batch: Int, x: UnsafePointer<Float>, dy: UnsafePointer<Float>
  ) {
    let rows = share.whole
    reserve(&shared.dy, rows * outputs)
    reserve(&shared.packed, Self.gradientCount(rows: rows, outputs, kernels))
    let isDivided = divides(share)
    let isInPlace = isDivided && isInWindow(x)
    if isDivided, shared.delivery == nil { prepareBackward(batch: batch, x: x, share: share) }
    // From here on all ranks have their `x`.
    share.collect(dy, size: outputs, into: shared.dy.pointer)
    var parts: [RowPart]
    var mine = 0..<inputs
    if isInPlace {
      mine = inputs(of: share.link.rank, share)
      parts = shared.window!.places.enumerated().map { rank, place in
        RowPart(
          rows: share.examples(of: rank), x: place.assumingMemoryBound(to: Float.self),
          pitch: inputs, input: 0)
      }
      parts.removeAll(where: \.rows.isEmpty)
    } else if isDivided {
      shared.delivery!.wait()
      shared.delivery = nil
      mine = inputs(of: share.link.rank, share)
      let own = share.examples
      let others = UnsafePointer(shared.x.pointer)
      parts = [
        RowPart(
          rows: 0..<own.lowerBound, x: others, pitch: mine.count, input: mine.lowerBound),
        RowPart(rows: own, x: x, pitch: inputs, input: 0),
        RowPart(
          rows: own.upperBound..<rows, x: others + own.lowerBound * mine.count, pitch: mine.count,
          input: mine.lowerBound),
      ]
      parts.removeAll(where: \.rows.isEmpty)
    } else {
      reserve(&shared.x, rows * inputs)
      share.collect(x, size: inputs, into: shared.x.pointer)
      parts = [RowPart(rows: 0..<rows, x: shared.x.pointer, pitch: inputs, input: 0)]
    }
    shared.sums = Sums(
      rows: rows, dy: shared.dy.pointer, packed: shared.packed, inputs: mine, parts: parts,
      readsOthers: isInPlace)
  }

  /// Says that this rank has read the others' `x`, which they may write then: at once, or once the exchange of
  /// this step is finished.
  func tellRead(_ share: BatchShare, isOverwritten: Bool) {
    if isOverwritten {
      _ = share.link.agree(true)
      return
    }
    let link = share.link
    if shared.words.count < link.count { shared.words = TensorMemory(count: link.count) }
    let place = shared.words.pointer
    var letters = RankLetters()
    for rank in 0..<link.count where rank != link.rank {
      letters.send(place + link.rank, 1, to: rank)
      letters.receive(place + rank, 1, from: rank)
    }
    share.exchange.begin(letters, number: share.exchange.number())
  }

  /// The inputs that a rank sums for: whole panels, but for the last.
  private func inputs(of rank: Int, _ share: BatchShare) -> Range<Int> {
    let panels = chunk(rank, of: share.link.count, kernels.panels(inputs))
    return min(
      panels.lowerBound * kernels.panel, inputs)..<min(panels.upperBound * kernels.panel, inputs)
  }

  /// Whether it costs less to divide the inputs: by the numbers alone, so that all ranks agree.
  ///
  /// In nanoseconds: a float sent is 1, a product in a sum 0.05, a message 5000.
  private func divides(_ share: BatchShare) -> Bool {
    if share.link.count == 1 { return false }
    let (rows, inputs, outputs) = (Double(share.whole), Double(inputs), Double(outputs))
    let (others, count) = (Double(share.link.count - 1), Double(share.link.count))
    let products = 0.05 * rows * inputs * outputs
    let all = rows * inputs * others / count + products
    let inputsSent = rows * inputs * others / (count * count)
    let divided =
      inputsSent + inputs * outputs * others / count + products / count + 2 * others * 5000
    return divided < all
  }
}
