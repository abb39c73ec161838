/// A random order of `0..<count`.
public enum Shuffle {
  /// Fisher and Yates's shuffle with one word of `generator` for each place.
  ///
  /// - Parameters:
  ///   - count: Number of elements (0…2³¹−1).
  ///   - stream: Other streams give independent orders; an epoch, say.
  /// - Returns: a permutation of `0..<count`.
  public static func order(of count: Int, by generator: Philox, stream: UInt32) -> [Int32] {
    precondition(count <= Int(Int32.max), "too many to number with 32 bits")
    var order = (0..<Int32(count)).map { $0 }
    order.withUnsafeMutableBufferPointer { order in
      var words = SIMD4<UInt32>()
      for place in 0..<count {
        // The last place is drawn first; four places share a block.
        if place & 3 == 0 { words = generator.words(stream: stream, index: UInt32(place >> 2)) }
        let last = count - 1 - place
        order.swapAt(last, Philox.below(last + 1, words[place & 3]))
      }
    }
    return order
  }
}
