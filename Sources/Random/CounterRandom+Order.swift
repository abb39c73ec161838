extension CounterRandom {
  /// A random order of `0..<count`: Fisher and Yates's shuffle, the last place drawn first.
  ///
  /// - Parameter count: number of elements (0…2³¹−1).
  /// - Returns: a permutation of `0..<count`.
  public func order(of count: Int) -> [Int32] {
    precondition(count <= Int(Int32.max), "too many to number with 32 bits")
    var order = (0..<Int32(count)).map { $0 }
    order.withUnsafeMutableBufferPointer { order in
      for last in (0..<count).reversed() {
        order.swapAt(last, below(last + 1, at: UInt64(count - 1 - last)))
      }
    }
    return order
  }
}
