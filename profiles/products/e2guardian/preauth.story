function(pre-authcheck)
if(true) return false

function(thttps-pre-authcheck)
if(true) return false

function(icap-pre-authcheck)
if(true) return false
