import ConvEngine

extension WindowAxis {
  /// Whether windows down a column leave out most rows, so that each row is better made by itself
  /// from the few that it sees.
  var isSparse: Bool { dilation > 1 && window > 64 || stride > 64 }

  /// Distance between the rows that a body takes as neighbours.
  var rowDilation: Int { isSparse ? dilation : 1 }
}
