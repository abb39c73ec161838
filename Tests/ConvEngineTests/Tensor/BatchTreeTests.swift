import ConvEngine
import Testing

@Suite("The tree of a batch")
struct BatchTreeTests {
  /// The sum as it is written with brackets.
  private static func written(_ tree: BatchTree) -> String {
    var values = (0..<tree.leaves).map { "\($0)" }
    tree.fold { to, from in values[to.leaf] = "(\(values[to.leaf])+\(values[from.leaf]))" }
    return values[0]
  }

  @Test("the left part of a node is the largest power of two below its leaves")
  func brackets() {
    #expect(Self.written(BatchTree(whole: 1)) == "0")
    #expect(Self.written(BatchTree(whole: 3)) == "((0+1)+2)")
    #expect(Self.written(BatchTree(whole: 4)) == "((0+1)+(2+3))")
    #expect(Self.written(BatchTree(whole: 7)) == "(((0+1)+(2+3))+((4+5)+6))")
    #expect(Self.written(BatchTree(whole: 11)) == "((((0+1)+(2+3))+((4+5)+(6+7)))+((8+9)+10))")
  }

  @Test("leaves are the batch, in pieces that differ by one example at most")
  func leaves() {
    for whole in Array(1...300) + [1000, 1024, 65536] {
      let tree = BatchTree(whole: whole)
      let pieces = (0..<tree.leaves).map { tree.examples(of: $0..<$0 + 1) }
      #expect(pieces.first?.lowerBound == 0 && pieces.last?.upperBound == whole)
      #expect(zip(pieces, pieces.dropFirst()).allSatisfy { $0.upperBound == $1.lowerBound })
      let counts = pieces.map(\.count)
      #expect(counts.min()! >= 1 && counts.max()! - counts.min()! <= 1)
      if whole >= 16 { #expect(tree.leaves >= 16 && tree.leaves & (tree.leaves - 1) == 0) }
    }
  }

  @Test("a merge is told how many examples both sides have")
  func examples() {
    for whole in [1, 5, 16, 77, 129, 513, 3000] {
      let tree = BatchTree(whole: whole)
      var sums = (0..<tree.leaves).map { tree.examples(of: $0..<$0 + 1).count }
      tree.fold { to, from in
        #expect(sums[to.leaf] == to.examples && sums[from.leaf] == from.examples)
        sums[to.leaf] += sums[from.leaf]
      }
      #expect(sums[0] == whole)
    }
  }
}
